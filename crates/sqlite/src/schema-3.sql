-- When the alerts of a record failed first, since it was written or put back from the dead letters. NULL until then.
ALTER TABLE change_log ADD COLUMN tried_from TEXT;
