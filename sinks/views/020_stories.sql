-- One row per story: counted on originals, its copies beside; the headline is the earliest original's.
CREATE OR REPLACE VIEW stories AS
SELECT a.story AS story,
    argMin(a.title, (a.relation != 'original', a.time, a.id)) AS headline,
    argMin(a.url, (a.relation != 'original', a.time, a.id)) AS url,
    argMin(a.id, (a.relation != 'original', a.time, a.id)) AS article,
    argMin(a.language, (a.relation != 'original', a.time, a.id)) AS language,
    min(a.time) AS first,
    max(a.time) AS last,
    countIf(relation = 'original') AS originals,
    countIf(relation = 'derived') AS derived,
    countIf(relation = 'copy') AS copies,
    uniqExact(outlet) AS outlets,
    arraySort(groupUniqArray(a.language)) AS languages
FROM articles AS a
GROUP BY story;
