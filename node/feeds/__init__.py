"""What is public, for other programs of people: feed readers, calendars and spreadsheets."""
