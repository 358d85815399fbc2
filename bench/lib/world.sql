-- Rows as pushes would have left them, for bench/lib/worlds.py. :parameters come from there; sha256() and word() are its functions;
-- numbers(i) holds 0, 1, 2, … A repository has one manifest with one layer of its own and one configuration, and :tags tags of it.

-- spaces
INSERT INTO spaces (registry_id, name, created_at)
SELECT (SELECT MIN(id) FROM registries), printf('s-%05d', i), :now FROM numbers WHERE i < :spaces;

-- workspaces
INSERT INTO workspaces (name, created_at) SELECT printf('w-%04d', i), :now FROM numbers WHERE i < :workspaces;

-- bindings
-- `few` may use three spaces, `all` every one, everybody else ten.
INSERT INTO bindings (space_id, workspace_id, access, created_by, created_at)
SELECT s.id, w.id, 'pull', 'system', :now FROM spaces s JOIN workspaces w ON w.name = 'all' WHERE s.name LIKE 's-%'
UNION ALL
SELECT s.id, w.id, 'pull', 'system', :now FROM spaces s JOIN workspaces w ON w.name = 'few'
WHERE s.name IN ('s-00000', printf('s-%05d', :spaces / 2), printf('s-%05d', :spaces - 1))
UNION ALL
SELECT DISTINCT s.id, w.id, 'pull', 'system', :now FROM numbers n
JOIN workspaces w ON w.name = printf('w-%04d', n.i / 10) JOIN spaces s ON s.name = printf('s-%05d', n.i * 37 % :spaces)
WHERE n.i < :workspaces * 10;

-- repositories
INSERT INTO repositories (space_id, name, created_at, updated_at, manifest_count, tag_count, size_bytes, pull_count)
SELECT (SELECT MIN(id) FROM spaces WHERE name LIKE 's-%') + i % :spaces, word(i) || '-' || word(i / 61) || '-' || i, :now,
  :now - i * 7919 % 1000003, 1, :tags, 1024 + i % 4096, i * 31 % 10007
FROM numbers WHERE i < :repositories;

-- big
-- One repository with :manifests manifests, each under a tag of its own.
INSERT INTO repositories (space_id, name, created_at, updated_at, manifest_count, tag_count, size_bytes)
SELECT id, 'big', :now, :now, :manifests, :manifests, 1024 * :manifests FROM spaces WHERE name = 'bench' AND :manifests > 0;

-- content
-- What is to be filled: item `number` of repository `repository`.
CREATE TEMP TABLE items AS
SELECT r.id AS repository, r.id AS number, :tags AS tags FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE s.name LIKE 's-%'
UNION ALL
SELECT r.id, 100000000 + n.i, 1 FROM numbers n JOIN repositories r ON r.name = 'big' WHERE n.i < :manifests;

-- blobs
INSERT INTO blobs (digest, size, created_at)
SELECT 'sha256:' || sha256('config'), 2, :now UNION ALL SELECT 'sha256:' || sha256('layer ' || number), 1024, :now FROM items;

-- repository_blobs
INSERT INTO repository_blobs (repository_id, digest, blob_id, size, linked_at)
SELECT repository, b.digest, b.id, 2, :now FROM (SELECT DISTINCT repository FROM items) JOIN blobs b ON b.digest = 'sha256:' || sha256('config')
UNION ALL
SELECT i.repository, b.digest, b.id, b.size, :now FROM items i JOIN blobs b ON b.id = i.rowid + (SELECT MIN(id) FROM blobs WHERE size = 2);

-- manifests
INSERT INTO manifests (repository_id, digest, media_type, size, image_size, payload, config_digest, pushed_by, pushed_at)
SELECT repository, 'sha256:' || sha256(payload), 'application/vnd.oci.image.manifest.v1+json', length(payload), 1026, payload,
  'sha256:' || :config, 'bencher', :now
FROM (SELECT repository, printf('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":'
  || '{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":2},"layers":'
  || '[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":1024}]}',
  :config, sha256('layer ' || number)) AS payload FROM items);

-- manifest_references
INSERT INTO manifest_references (manifest_id, position, repository_id, kind, digest, media_type, size)
SELECT m.id, p.i, m.repository_id, CASE p.i WHEN 0 THEN 'config' ELSE 'layer' END,
  CASE p.i WHEN 0 THEN m.config_digest ELSE 'sha256:' || sha256('layer ' || i.number) END,
  'application/octet-stream', CASE p.i WHEN 0 THEN 2 ELSE 1024 END
FROM manifests m JOIN items i ON i.rowid = m.id - (SELECT MIN(id) FROM manifests) + 1 JOIN numbers p ON p.i < 2;

-- tags
INSERT INTO tags (repository_id, name, manifest_id, digest, pushed_by, pushed_at, created_at)
SELECT m.repository_id, CASE i.tags WHEN 1 THEN printf('1.0.%07d', m.id) ELSE printf('1.%d', p.i) END, m.id, m.digest, 'bencher', :now, :now
FROM manifests m JOIN items i ON i.rowid = m.id - (SELECT MIN(id) FROM manifests) + 1 JOIN numbers p ON p.i < i.tags;
