-- The time of the first failure of the alerts of a record, since it was written or requeued. NULL until then.
ALTER TABLE change_log ADD COLUMN tried_from TEXT;
