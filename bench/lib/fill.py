"""world.sql, run on a database that a server has made: the same statements on SQLite and on PostgreSQL, with the functions that each lacks."""
import hashlib
import pathlib
import sqlite3
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("world.sql")
WORDS = ("api auth batch billing cache cart chat checkout client cluster config console core cron dashboard data db edge engine event export "
         "feed files gateway geo graph health image import index ingest jobs ledger login mail map market media metrics mobile model monitor "
         "notify orders pay portal price proxy queue rank report router search session shop stats store stream sync tax user video web").split()


def statements():
    parts = SCRIPT.read_text().split(";\n")
    return [part.strip() for part in parts if part.strip()]


def sqlite(database, values):
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -3000000", "temp_store = MEMORY",
                   "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("sha", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True)
    connection.create_function("word", 1, lambda number: WORDS[number % len(WORDS)], deterministic=True)
    connection.create_function("padded", 2, lambda number, digits: str(number).zfill(digits), deterministic=True)
    connection.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY)")
    connection.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) INSERT INTO numbers SELECT i FROM n", (values["numbers"],))
    connection.execute("BEGIN")
    for statement in statements():
        connection.execute(statement, {key: value for key, value in values.items() if f":{key}" in statement})
    connection.execute("COMMIT")
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


POSTGRES = """
SET synchronous_commit = off; SET work_mem = '1GB'; SET maintenance_work_mem = '1GB'; SET session_replication_role = replica;
CREATE FUNCTION sha(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex') $$;
CREATE FUNCTION word(bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT (ARRAY[{words}])[1 + $1 % {count}] $$;
CREATE FUNCTION padded(bigint, integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lpad(CAST($1 AS text), $2, '0') $$;
CREATE TEMP TABLE numbers (i BIGINT PRIMARY KEY);
INSERT INTO numbers SELECT generate_series(0, :numbers - 1);
ANALYZE numbers;
{script}
DROP FUNCTION sha(text); DROP FUNCTION word(bigint); DROP FUNCTION padded(bigint, integer);
VACUUM ANALYZE;
CHECKPOINT;
"""


def postgres(uri, values):
    words = ", ".join(f"'{word}'" for word in WORDS)
    script = POSTGRES.format(words=words, count=len(WORDS), script=SCRIPT.read_text())
    settings = [part for key, value in values.items() for part in ("-v", f"{key}={value}")]
    done = subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", *settings, "-d", uri], input=script, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the world was not filled: {done.stderr}")
