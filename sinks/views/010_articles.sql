-- story_moves: a merged story's id and its successor; its row to itself says that it came back. lineage: corrected
-- relations. Both overlay the facts. What is a copy of an article that became a copy itself is one of the true original: a
-- correction costs one row.
-- A target may itself have moved after its own merge had left the resolver's window: three steps are followed.
CREATE OR REPLACE VIEW story_moves AS
WITH moves AS (SELECT source, target, at FROM story_move_rows FINAL)
SELECT a.source AS source, multiIf(d.target != '', d.target, c.target != '', c.target, b.target != '', b.target, a.target) AS target,
    a.at AS at
FROM moves AS a
LEFT JOIN moves AS b ON a.target = b.source
LEFT JOIN moves AS c ON b.target = c.source
LEFT JOIN moves AS d ON c.target = d.source
WHERE a.source != a.target;

CREATE OR REPLACE VIEW lineage AS
SELECT article, relation, of, evidence, at FROM lineage_rows FINAL;

CREATE OR REPLACE VIEW article_versions AS
SELECT a.id AS id, a.version AS version, a.content AS content, a.outlet AS outlet, a.url AS url, a.feed AS feed,
    a.title AS title, a.author AS author, a.published AS published, a.fetched AS fetched, a.language AS language,
    a.extra AS extra, a.time AS time, a.dateline_place AS dateline_place, a.dateline_date AS dateline_date,
    a.dateline_agency AS dateline_agency, a.text AS text, a.removed AS removed,
    if(l.relation != '', l.relation, a.relation) AS relation,
    multiIf(l.relation != '', l.of, o.relation = 'copy', o.of, a.of) AS of,
    if(m.target != '', m.target, a.story) AS story,
    a.origin_partition AS origin_partition, a.origin_offset AS origin_offset, a.made_by AS made_by,
    if(l.relation != '', l.evidence, a.evidence) AS evidence
FROM article_rows AS a FINAL
LEFT JOIN story_moves AS m ON a.story = m.source
LEFT JOIN lineage AS l ON a.id = l.article
LEFT JOIN lineage AS o ON a.of = o.article;

-- The versions that a later one replaced. Few articles have any, so that to leave these out is cheap, where to
-- sort or group all articles for their newest version would not fit the memory limit with texts in hand.
CREATE OR REPLACE VIEW superseded AS
SELECT r.id AS id, r.version AS version, r.fetched AS fetched, newest.2 AS by
FROM article_rows AS r
INNER JOIN (
    SELECT id, max((fetched, version)) AS newest FROM article_rows GROUP BY id HAVING count() > 1
) AS n ON r.id = n.id
WHERE (r.fetched, r.version) < newest;

CREATE OR REPLACE VIEW articles AS
SELECT * FROM article_versions WHERE (id, version, fetched) NOT IN (SELECT id, version, fetched FROM superseded);

CREATE OR REPLACE VIEW superseded_versions AS
SELECT id, version FROM superseded WHERE version != by;

-- The mentions of each article's newest version, those that a replay wrote twice included: for counting distinct
-- articles, where a filter on time must reach the table.
CREATE OR REPLACE VIEW mention_facts AS
SELECT r.article AS article, r.version AS version, r.time AS time, r.entity AS entity, r.name AS name, r.type AS type,
    r.texts AS texts, r.salience AS salience, r.count AS count, r.outlet AS outlet, r.language AS language,
    if(l.relation != '', l.relation, r.relation) AS relation,
    if(m.target != '', m.target, r.story) AS story
FROM mention_rows AS r
LEFT JOIN story_moves AS m ON r.story = m.source
LEFT JOIN lineage AS l ON r.article = l.article
WHERE (r.article, r.version) NOT IN (SELECT id, version FROM superseded_versions);

CREATE OR REPLACE VIEW mentions AS
SELECT * FROM mention_facts LIMIT 1 BY entity, article;

CREATE OR REPLACE VIEW article_topics AS
SELECT r.article AS article, r.version AS version, r.time AS time, r.topic AS topic, r.name AS name, r.score AS score,
    r.outlet AS outlet,
    if(l.relation != '', l.relation, r.relation) AS relation,
    if(m.target != '', m.target, r.story) AS story
FROM topic_rows AS r
LEFT JOIN story_moves AS m ON r.story = m.source
LEFT JOIN lineage AS l ON r.article = l.article
WHERE (r.article, r.version) NOT IN (SELECT id, version FROM superseded_versions) LIMIT 1 BY topic, article;

CREATE OR REPLACE VIEW article_places AS
SELECT r.article AS article, r.version AS version, r.time AS time, r.place AS place, r.name AS name, r.country AS country,
    r.lat AS lat, r.lon AS lon, r.role AS role, r.outlet AS outlet,
    if(l.relation != '', l.relation, r.relation) AS relation,
    if(m.target != '', m.target, r.story) AS story
FROM place_rows AS r
LEFT JOIN story_moves AS m ON r.story = m.source
LEFT JOIN lineage AS l ON r.article = l.article
WHERE (r.article, r.version) NOT IN (SELECT id, version FROM superseded_versions) LIMIT 1 BY place, article;

-- The vector of each article's newest version, where it has one.
CREATE OR REPLACE VIEW article_vectors AS
SELECT r.article AS article, r.version AS version, r.time AS time, r.language AS language,
    if(l.relation != '', l.relation, r.relation) AS relation,
    if(m.target != '', m.target, r.story) AS story, r.vector AS vector
FROM vector_rows AS r
LEFT JOIN story_moves AS m ON r.story = m.source
LEFT JOIN lineage AS l ON r.article = l.article
WHERE (r.article, r.version) NOT IN (SELECT id, version FROM superseded_versions) LIMIT 1 BY article;

CREATE OR REPLACE VIEW story_history AS
SELECT source, target, at, article FROM story_history_rows FINAL;
