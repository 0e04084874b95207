DROP TABLE review_plans;
