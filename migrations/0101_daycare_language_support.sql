-- 0101 daycare (expand): the language of early education and the need of support that a family tells in its application. Nothing told is
-- empty, as in the applications of older programs.
alter table daycare_application
  add language text not null default '',
  add language_words text not null default '', -- which other language
  add support text not null default '';        -- in the family's own words; for the guide, never for the unit
alter table daycare_application
  add constraint daycare_application_language_known check (language in ('', 'fi', 'sv', 'se', 'other')),
  add constraint daycare_application_language_whole check ((language = 'other') = (language_words <> ''));
grant update (language, language_words, support) on daycare_application to seteli_app;
