"""One verb a function: authorise, apply the rules, run the SQL, stage the jobs. The caller owns the transaction."""
