-- Rows as pushes would have left them, for bench/lib/worlds.py, in the SQL that SQLite and PostgreSQL share. :parameters come from there;
-- sha(text), word(number) and padded(number, digits) are its functions; numbers(i) holds 0, 1, 2, … A repository has one manifest with one
-- layer of its own and one configuration, and :tags tags of it.

-- spaces
INSERT INTO spaces (registry_id, name, created_at)
SELECT (SELECT MIN(id) FROM registries), 's-' || padded(i, 5), :now FROM numbers WHERE i < :spaces;

-- workspaces
INSERT INTO workspaces (name, created_at) SELECT 'w-' || padded(i, 4), :now FROM numbers WHERE i < :workspaces;

-- bindings
-- `few` may use three spaces, `all` every one, everybody else ten.
INSERT INTO bindings (space_id, workspace_id, access, created_by, created_at)
SELECT s.id, w.id, 'pull', 'system', :now FROM spaces s JOIN workspaces w ON w.name = 'all' WHERE s.name LIKE 's-%'
UNION ALL
SELECT s.id, w.id, 'pull', 'system', :now FROM spaces s JOIN workspaces w ON w.name = 'few'
WHERE s.name IN ('s-00000', 's-' || padded(:spaces / 2, 5), 's-' || padded(:spaces - 1, 5))
UNION ALL
SELECT DISTINCT s.id, w.id, 'pull', 'system', :now FROM numbers n
JOIN workspaces w ON w.name = 'w-' || padded(n.i / 10, 4) JOIN spaces s ON s.name = 's-' || padded(n.i * 37 % :spaces, 5)
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
-- What is to be filled: item `number` of repository `repository`, in the order of `place`: 1, 2, 3, …
CREATE TEMP TABLE items (place INTEGER PRIMARY KEY, repository BIGINT, number BIGINT, layer TEXT, tags BIGINT);

-- items
INSERT INTO items
SELECT ROW_NUMBER() OVER (ORDER BY number), repository, number, 'sha256:' || sha('layer ' || number), tags FROM (
  SELECT r.id AS repository, r.id AS number, :tags AS tags FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE s.name LIKE 's-%'
  UNION ALL
  SELECT r.id, 100000000 + n.i, 1 FROM numbers n JOIN repositories r ON r.name = 'big' WHERE n.i < :manifests) AS made;

-- blobs
INSERT INTO blobs (digest, size, created_at)
SELECT digest, size, :now FROM (
  SELECT 0 AS place, 'sha256:' || sha('config') AS digest, 2 AS size UNION ALL SELECT place, layer, 1024 FROM items) AS made ORDER BY place;

-- repository_blobs
INSERT INTO repository_blobs (repository_id, digest, blob_id, size, linked_at)
SELECT DISTINCT repository, 'sha256:' || sha('config'), (SELECT id FROM blobs WHERE size = 2), 2, :now FROM items
UNION ALL
SELECT i.repository, b.digest, b.id, b.size, :now FROM items i JOIN blobs b ON b.id = i.place + (SELECT MIN(id) FROM blobs WHERE size = 2);

-- manifests
INSERT INTO manifests (repository_id, digest, media_type, size, image_size, payload, config_digest, pushed_by, pushed_at)
SELECT repository, 'sha256:' || sha(payload), 'application/vnd.oci.image.manifest.v1+json', length(payload), 1026, payload,
  'sha256:' || sha('config'), 'bencher', :now
FROM (SELECT place, repository, '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":'
  || '{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:' || sha('config') || '","size":2},"layers":'
  || '[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"' || layer || '","size":1024}]}' AS payload FROM items) AS made
ORDER BY place;

-- manifest_references
INSERT INTO manifest_references (manifest_id, position, repository_id, kind, digest, media_type, size)
SELECT m.id, p.i, m.repository_id, CASE p.i WHEN 0 THEN 'config' ELSE 'layer' END,
  CASE p.i WHEN 0 THEN m.config_digest ELSE i.layer END, 'application/octet-stream', CASE p.i WHEN 0 THEN 2 ELSE 1024 END
FROM manifests m JOIN items i ON i.place = m.id - (SELECT MIN(id) FROM manifests) + 1 JOIN numbers p ON p.i < 2;

-- tags
INSERT INTO tags (repository_id, name, manifest_id, digest, pushed_by, pushed_at, created_at)
SELECT m.repository_id, CASE i.tags WHEN 1 THEN '1.0.' || padded(m.id, 7) ELSE '1.' || p.i END, m.id, m.digest, 'bencher', :now, :now
FROM manifests m JOIN items i ON i.place = m.id - (SELECT MIN(id) FROM manifests) + 1 JOIN numbers p ON p.i < :tags AND p.i < i.tags;
