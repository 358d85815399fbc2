-- Collection, jobs, quotas.

-- Jobs --------------------------------------------------------------------------------------------------------------

CREATE TABLE job_items (                    -- what is to be looked at again, later; one row per topic and subject
  topic @text@ NOT NULL,
  owner_id BIGINT NOT NULL,                 -- what the topic says: a repository, a blob, a space
  subject @text@ NOT NULL DEFAULT '',
  due_at BIGINT NOT NULL,
  since BIGINT NOT NULL,                    -- when the newest event came
  revision BIGINT NOT NULL DEFAULT 1,       -- another one with each event, so that no event is ticked off unseen
  PRIMARY KEY (topic, owner_id, subject)
);
CREATE INDEX job_items_due ON job_items(topic, due_at);

CREATE TABLE job_runs (
  id @id@,
  kind @text@ NOT NULL,
  state @text@ NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'succeeded', 'failed')),
  requested_by @text@ NOT NULL,             -- user:alice, system
  progress @text@ NOT NULL DEFAULT '{}',    -- JSON, the kind's own
  error @text@ NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT
);
CREATE INDEX job_runs_kind ON job_runs(kind, id);
CREATE UNIQUE INDEX job_runs_open ON job_runs(kind) WHERE finished_at IS NULL;

CREATE TABLE job_log (
  id @id@,
  run_id BIGINT NOT NULL REFERENCES job_runs(id) ON DELETE CASCADE,
  logged_at BIGINT NOT NULL,
  message @text@ NOT NULL
);
CREATE INDEX job_log_run ON job_log(run_id, id);

CREATE TABLE job_pauses (                   -- a row: no run of this kind goes on
  kind @text@ PRIMARY KEY,
  paused_by @text@ NOT NULL,
  paused_at BIGINT NOT NULL
);

-- Collection --------------------------------------------------------------------------------------------------------

ALTER TABLE blobs ADD COLUMN removed_at BIGINT;              -- gone, and its object is away
ALTER TABLE blobs ADD COLUMN space_id BIGINT;                -- whose physical bytes they are; may be deleted since
UPDATE blobs SET space_id = (SELECT r.space_id FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id
                             WHERE l.blob_id = blobs.id ORDER BY l.linked_at LIMIT 1);
ALTER TABLE repository_blobs ADD COLUMN condemned_at BIGINT; -- no manifest needed it then; who asks for it revives it
ALTER TABLE spaces ADD COLUMN untagged_days BIGINT;          -- untagged manifests go after so many; NULL: they stay

-- What earlier releases left behind.
INSERT INTO job_items (topic, owner_id, subject, due_at, since)
  SELECT 'link.pushed', l.repository_id, l.digest, l.linked_at, l.linked_at FROM repository_blobs l
  WHERE NOT EXISTS (SELECT 1 FROM manifest_references m
                    WHERE m.repository_id = l.repository_id AND m.digest = l.digest AND m.kind <> 'child');
INSERT INTO job_items (topic, owner_id, due_at, since)
  SELECT 'blob.unlinked', b.id, b.created_at, b.created_at FROM blobs b
  WHERE b.state = 'live' AND NOT EXISTS (SELECT 1 FROM repository_blobs l WHERE l.blob_id = b.id);
INSERT INTO job_items (topic, owner_id, due_at, since) VALUES ('store.sweep', 0, 0, 0);

-- Usage -------------------------------------------------------------------------------------------------------------

CREATE TABLE space_counters (               -- a space's bytes are the sum over its shards: no row is everybody's
  space_id BIGINT NOT NULL REFERENCES spaces(id) ON DELETE CASCADE,
  shard BIGINT NOT NULL,                    -- of the repository's id
  logical_bytes BIGINT NOT NULL DEFAULT 0,  -- what the space's repositories link, each link counted
  physical_bytes BIGINT NOT NULL DEFAULT 0, -- of it, bytes that this space was the first to store
  PRIMARY KEY (space_id, shard)
);
INSERT INTO space_counters (space_id, shard, logical_bytes, physical_bytes)
  SELECT space_id, 0, logical_bytes, physical_bytes FROM space_usage;
DROP TABLE space_usage;
