-- Why the article that `of` names is the original.
ALTER TABLE article_rows ADD COLUMN IF NOT EXISTS evidence String CODEC(ZSTD(3));
