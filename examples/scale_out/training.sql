-- Training copies live in a database of their own. PostgreSQL's image runs this once, when it makes its data.
CREATE DATABASE chatgate_training;
