-- From when on the alerts of a record are tried: since it was put back from the dead letters. NULL where it never was: then
-- since it was written.
ALTER TABLE change_log ADD COLUMN tried_from TEXT;
