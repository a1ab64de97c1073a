"""What a verified activity changes: a table from activity type to handler."""
