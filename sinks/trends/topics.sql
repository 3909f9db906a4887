-- What the news is about: originals (copies: `reach`) per topic of the top level and of one's own in (at - window, at].
CREATE OR REPLACE VIEW trend_topics AS
SELECT topic, any(name) AS name, uniqExactIf(article, relation != 'copy') AS originals,
    uniqExactIf(article, relation = 'copy') AS reach
FROM article_topics
WHERE time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
    AND (topic LIKE 'medtop:%000000' OR topic LIKE 'user:%')
GROUP BY topic HAVING originals > 0
ORDER BY originals DESC, topic;
