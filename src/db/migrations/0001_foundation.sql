-- Written once for both databases. @id@ is a 64-bit primary key that numbers itself; @text@ is text that compares by
-- bytes. BIGINT holds counts, flags (0/1) and times (milliseconds since 1970, UTC).

-- People and what acts for them -------------------------------------------------------------------------------------

CREATE TABLE users (
  id @id@,
  login @text@ NOT NULL UNIQUE,
  display_name @text@ NOT NULL DEFAULT '',
  email @text@ NOT NULL DEFAULT '',
  password_hash @text@,                     -- argon2id PHC string; NULL: no password login
  platform_role @text@ NOT NULL DEFAULT 'none' CHECK (platform_role IN ('none', 'auditor', 'administrator')),
  disabled BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE groups (
  id @id@,
  name @text@ NOT NULL UNIQUE,
  source @text@ NOT NULL DEFAULT 'local' CHECK (source IN ('local', 'oidc', 'ldap')),
  created_at BIGINT NOT NULL
);

CREATE TABLE group_members (
  group_id BIGINT NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members(user_id);

CREATE TABLE sessions (
  id @id@,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  secret_hash @text@ NOT NULL UNIQUE,       -- SHA-256 of the cookie
  csrf_token @text@ NOT NULL,
  address @text@ NOT NULL DEFAULT '',
  user_agent @text@ NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions(user_id);
CREATE INDEX sessions_expiry ON sessions(expires_at);

CREATE TABLE access_tokens (                -- personal access tokens
  id @id@,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name @text@ NOT NULL,
  secret_hash @text@ NOT NULL UNIQUE,
  grants @text@ NOT NULL,                   -- JSON, access::Grants
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  UNIQUE (user_id, name)
);

-- Tenancy -----------------------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
  id @id@,
  name @text@ NOT NULL UNIQUE,
  display_name @text@ NOT NULL DEFAULT '',
  description @text@ NOT NULL DEFAULT '',
  quota_bytes BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE robots (
  id @id@,
  name @text@ NOT NULL UNIQUE,              -- the login, as in robot+retail+ci
  description @text@ NOT NULL DEFAULT '',
  owner_workspace_id BIGINT REFERENCES workspaces(id),
  owner_user_id BIGINT REFERENCES users(id) ON DELETE CASCADE,
  secret_hash @text@ NOT NULL,
  grants @text@ NOT NULL,
  disabled BIGINT NOT NULL DEFAULT 0,
  temporary BIGINT NOT NULL DEFAULT 0,      -- made for one push; removed after it expires
  created_by @text@ NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  CHECK ((owner_workspace_id IS NULL) <> (owner_user_id IS NULL))
);
CREATE INDEX robots_workspace ON robots(owner_workspace_id);
CREATE INDEX robots_expiry ON robots(expires_at);

CREATE TABLE members (
  workspace_id BIGINT NOT NULL REFERENCES workspaces(id),
  principal_kind @text@ NOT NULL CHECK (principal_kind IN ('user', 'group')),
  principal_id BIGINT NOT NULL,
  role @text@ NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, principal_kind, principal_id)
);
CREATE INDEX members_principal ON members(principal_kind, principal_id);

CREATE TABLE clusters (
  id @id@,
  name @text@ NOT NULL UNIQUE,
  uid @text@ NOT NULL UNIQUE,               -- UID of its kube-system namespace: the cluster's identity
  description @text@ NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE namespaces (
  id @id@,
  cluster_id BIGINT NOT NULL REFERENCES clusters(id),
  name @text@ NOT NULL,
  uid @text@ NOT NULL,
  claimed_by BIGINT REFERENCES workspaces(id),    -- the platform administrator gave it to this workspace
  workspace_id BIGINT REFERENCES workspaces(id),  -- bound now; NULL or equal to claimed_by
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  UNIQUE (cluster_id, name),
  UNIQUE (cluster_id, uid),
  CHECK (workspace_id IS NULL OR workspace_id = claimed_by)
);
CREATE INDEX namespaces_workspace ON namespaces(workspace_id);
CREATE INDEX namespaces_claimed ON namespaces(claimed_by);

CREATE TABLE namespace_credentials (        -- several at a time: rotation without a gap
  id @id@,
  namespace_id BIGINT NOT NULL REFERENCES namespaces(id) ON DELETE CASCADE,
  username @text@ NOT NULL UNIQUE,
  secret_hash @text@ NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX namespace_credentials_namespace ON namespace_credentials(namespace_id);

CREATE TABLE registries (
  id @id@,
  name @text@ NOT NULL UNIQUE,
  kind @text@ NOT NULL CHECK (kind IN ('berth', 'harbor', 'docker')),
  origin @text@ NOT NULL CHECK (origin IN ('managed', 'integrated', 'associated')),
  scope_workspace_id BIGINT REFERENCES workspaces(id),  -- NULL: the whole platform
  address @text@ NOT NULL DEFAULT '',                   -- '': embedded in this server
  all_spaces_public BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE spaces (
  id @id@,
  registry_id BIGINT NOT NULL REFERENCES registries(id),
  name @text@ NOT NULL,
  public BIGINT NOT NULL DEFAULT 0,
  owner_workspace_id BIGINT REFERENCES workspaces(id),
  description @text@ NOT NULL DEFAULT '',
  allow_sparse BIGINT NOT NULL DEFAULT 0,   -- accept an index whose manifests are not all here
  pull_through BIGINT NOT NULL DEFAULT 0,   -- nobody pushes
  quota_bytes BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  UNIQUE (registry_id, name)
);
CREATE INDEX spaces_owner ON spaces(owner_workspace_id);

CREATE TABLE bindings (
  space_id BIGINT NOT NULL REFERENCES spaces(id),
  workspace_id BIGINT NOT NULL REFERENCES workspaces(id),
  access @text@ NOT NULL CHECK (access IN ('pull', 'push')),
  created_by @text@ NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, workspace_id)
);
CREATE INDEX bindings_workspace ON bindings(workspace_id);

-- Content -----------------------------------------------------------------------------------------------------------

CREATE TABLE repositories (
  id @id@,
  space_id BIGINT NOT NULL REFERENCES spaces(id),
  name @text@ NOT NULL,                     -- the path inside the space
  home_workspace_id BIGINT REFERENCES workspaces(id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,               -- last manifest or tag change
  manifest_count BIGINT NOT NULL DEFAULT 0, -- 0: nothing to show yet
  tag_count BIGINT NOT NULL DEFAULT 0,
  size_bytes BIGINT NOT NULL DEFAULT 0,     -- logical: each linked blob and manifest once
  pull_count BIGINT NOT NULL DEFAULT 0,
  last_pull_at BIGINT,
  UNIQUE (space_id, name)
);
CREATE INDEX repositories_home ON repositories(home_workspace_id);

CREATE TABLE space_usage (                  -- counters apart from the space's own row
  space_id BIGINT PRIMARY KEY REFERENCES spaces(id) ON DELETE CASCADE,
  logical_bytes BIGINT NOT NULL DEFAULT 0,  -- what the space's repositories link, each link counted
  physical_bytes BIGINT NOT NULL DEFAULT 0  -- of it, bytes that this space was the first to store
);

CREATE TABLE blobs (
  id @id@,
  store_id BIGINT NOT NULL DEFAULT 1,
  digest @text@ NOT NULL,
  generation BIGINT NOT NULL DEFAULT 1,     -- the stored object is named digest + generation (collection, later)
  state @text@ NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'condemned', 'gone')),
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (store_id, digest, generation)
);
CREATE UNIQUE INDEX blobs_live ON blobs(store_id, digest) WHERE state <> 'gone';

CREATE TABLE repository_blobs (             -- a blob exists in a repository exactly when this row does
  repository_id BIGINT NOT NULL REFERENCES repositories(id),
  digest @text@ NOT NULL,
  blob_id BIGINT NOT NULL REFERENCES blobs(id),
  size BIGINT NOT NULL,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX repository_blobs_digest ON repository_blobs(digest);
CREATE INDEX repository_blobs_blob ON repository_blobs(blob_id);

CREATE TABLE uploads (
  id @text@ PRIMARY KEY,                    -- UUID
  space_id BIGINT NOT NULL REFERENCES spaces(id),
  repository @text@ NOT NULL,               -- path inside the space; the repository may not exist yet
  subject @text@ NOT NULL,                  -- who started it; nobody else may touch it
  store_id BIGINT NOT NULL DEFAULT 1,
  received BIGINT NOT NULL DEFAULT 0,       -- durable bytes
  state @text@ NOT NULL DEFAULT '',         -- BlobStore's opaque session state
  hash_state @text@ NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_expiry ON uploads(expires_at);
CREATE INDEX uploads_space ON uploads(space_id);

CREATE TABLE manifests (
  id @id@,
  repository_id BIGINT NOT NULL REFERENCES repositories(id),
  digest @text@ NOT NULL,
  media_type @text@ NOT NULL,
  artifact_type @text@ NOT NULL DEFAULT '', -- as the referrers API gives it
  size BIGINT NOT NULL,                     -- of the payload
  image_size BIGINT NOT NULL DEFAULT 0,     -- config + layers; an index: sum of its children present
  payload @text@ NOT NULL,                  -- the exact bytes (valid UTF-8 JSON)
  subject_digest @text@,
  config_digest @text@,
  annotations @text@ NOT NULL DEFAULT '{}',
  pushed_by @text@ NOT NULL DEFAULT '',     -- the creator
  pushed_at BIGINT NOT NULL,
  pull_count BIGINT NOT NULL DEFAULT 0,
  last_pull_at BIGINT,
  UNIQUE (repository_id, digest)
);
CREATE INDEX manifests_subject ON manifests(repository_id, subject_digest, digest) WHERE subject_digest IS NOT NULL;
CREATE INDEX manifests_digest ON manifests(digest);

CREATE TABLE manifest_references (          -- written in the manifest's transaction
  manifest_id BIGINT NOT NULL REFERENCES manifests(id) ON DELETE CASCADE,
  position BIGINT NOT NULL,                 -- order in the document
  repository_id BIGINT NOT NULL,
  kind @text@ NOT NULL CHECK (kind IN ('config', 'layer', 'child')),
  digest @text@ NOT NULL,
  media_type @text@ NOT NULL DEFAULT '',
  size BIGINT NOT NULL DEFAULT 0,
  platform @text@ NOT NULL DEFAULT '',      -- of a child: os/architecture[/variant]
  PRIMARY KEY (manifest_id, position)
);
CREATE INDEX manifest_references_digest ON manifest_references(repository_id, digest);

CREATE TABLE tags (
  repository_id BIGINT NOT NULL REFERENCES repositories(id),
  name @text@ NOT NULL,
  manifest_id BIGINT NOT NULL REFERENCES manifests(id),
  digest @text@ NOT NULL,
  pushed_by @text@ NOT NULL DEFAULT '',
  pushed_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  pull_count BIGINT NOT NULL DEFAULT 0,
  last_pull_at BIGINT,
  PRIMARY KEY (repository_id, name)
);
CREATE INDEX tags_manifest ON tags(manifest_id);

-- What happened -----------------------------------------------------------------------------------------------------

CREATE TABLE events (                       -- the outbox: written in the transaction of what it tells
  id @id@,
  type @text@ NOT NULL,                     -- as in dev.berth.manifest.pushed
  subject @text@ NOT NULL,                  -- shop/web:1.2
  space_id BIGINT,
  workspace_id BIGINT,
  data @text@ NOT NULL,                     -- JSON
  occurred_at BIGINT NOT NULL
);

CREATE TABLE audit (
  id @id@,
  occurred_at BIGINT NOT NULL,
  actor @text@ NOT NULL,                    -- user:alice, robot:…, system
  action @text@ NOT NULL,                   -- binding.create
  target_kind @text@ NOT NULL,
  target_id BIGINT,
  target_name @text@ NOT NULL,
  workspace_id BIGINT,                      -- whose administrators may read it too
  before_state @text@,                      -- JSON, without secrets
  after_state @text@,
  address @text@ NOT NULL DEFAULT '',
  request_id @text@ NOT NULL DEFAULT ''
);
CREATE INDEX audit_workspace ON audit(workspace_id, id);

-- The server's own --------------------------------------------------------------------------------------------------

CREATE TABLE signing_keys (                 -- registry tokens; the newest signs, all that are not retired verify
  id @id@,
  kid @text@ NOT NULL UNIQUE,
  algorithm @text@ NOT NULL,
  private_key @text@ NOT NULL,              -- JWK, sealed (base/secret_box.h)
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);

CREATE TABLE settings (
  name @text@ PRIMARY KEY,
  value @text@ NOT NULL
);

CREATE TABLE state_version (                -- one row; its lock orders all changes to what the access rule reads
  id BIGINT PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL
);
INSERT INTO state_version (id, version) VALUES (1, 0);

CREATE TABLE state_changes (                -- which aggregates of the snapshot a version touched
  version BIGINT NOT NULL,
  aggregate @text@ NOT NULL,
  aggregate_id BIGINT NOT NULL,
  PRIMARY KEY (version, aggregate, aggregate_id)
);
