-- 0089 daycare received (expand): an application that came on paper or by telephone and that staff wrote down for a family: through which
-- channel, and on which day. The due date counts from that day. Older programs leave both alone: theirs come from the family's page.
alter table daycare_application
  add channel text not null default 'page',
  add arrived_on date; -- null = the day of sending
alter table daycare_application add constraint daycare_application_channel_known check (channel in ('page', 'letter', 'hand', 'phone'));
alter table daycare_application add constraint daycare_application_arrived check ((channel = 'page') = (arrived_on is null));
