-- asked_words: the words of a text, the number of ideas, and a mark that changes with the statistics about them
SELECT ARRAY(SELECT lexeme FROM unnest(to_tsvector('english', $1)) WHERE length(lexeme) > 1) AS words,
    reltuples::float8 AS ideas,
    format('%s %s %s', current_database(), pg_stat_get_analyze_count(oid), pg_stat_get_autoanalyze_count(oid)) AS mark
FROM pg_class WHERE oid = 'ideas'::regclass;

-- word_shares: the commonest words of all ideas, and the share of ideas that holds each
SELECT word, share::float8 AS share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, share)
WHERE schemaname = current_schema() AND tablename = 'ideas' AND attname = 'search' AND word IS NOT NULL;

-- nearest_by_words: ideas of some challenges by the summed weights of the rare words they hold; of each word the latest thousand
SELECT holding.id
FROM unnest($1::text[], $2::float8[]) AS asked (word, weight)
CROSS JOIN LATERAL (
    SELECT id FROM (
        SELECT id, challenge_id, state, submitted_at FROM ideas
        WHERE search @@ ('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''')::tsquery
        OFFSET 0
    ) AS found
    WHERE challenge_id = ANY ($3::uuid[]) AND state <> 'draft'
    ORDER BY submitted_at DESC LIMIT 1000
) AS holding
GROUP BY holding.id ORDER BY sum(weight) DESC, holding.id LIMIT $4;
