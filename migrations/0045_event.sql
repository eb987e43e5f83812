-- 0045 event (expand): the review queue finds events that were sent back without reading every event.
create index event_step_review_idx on event_step (organiser_id, event_id) where state = 'review';
