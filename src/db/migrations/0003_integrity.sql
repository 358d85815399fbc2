-- Stored objects whose bytes are not (any more) those of their digest, and the pass that looks for them.

ALTER TABLE blobs ADD COLUMN quarantined_at BIGINT;  -- reads do not find it; the next push stores the next generation
ALTER TABLE blobs ADD COLUMN damage @text@;          -- why: missing, size, content, unreadable
CREATE INDEX blobs_quarantined ON blobs(id) WHERE quarantined_at IS NOT NULL;

CREATE TABLE scrub (                        -- one row: the pass that runs, was stopped, or was the last to finish
  id BIGINT PRIMARY KEY CHECK (id = 1),
  state @text@ NOT NULL CHECK (state IN ('running', 'stopped', 'finished')),
  bytes_per_second BIGINT NOT NULL,         -- 0: as fast as the disk
  last_blob_id BIGINT NOT NULL DEFAULT 0,   -- blobs up to here are done
  objects BIGINT NOT NULL DEFAULT 0,
  bytes BIGINT NOT NULL DEFAULT 0,
  damaged BIGINT NOT NULL DEFAULT 0,        -- found by this pass
  restored BIGINT NOT NULL DEFAULT 0,       -- quarantined before, found whole by this pass
  started_at BIGINT NOT NULL,
  ended_at BIGINT
);
