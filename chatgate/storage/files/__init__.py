"""What is kept in files beside the database: keys, sealed attachments, lists, and a backup's archive."""
