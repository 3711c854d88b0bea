"""From a published file (PDF, scan, Word, spreadsheet, web page, text) to its lines of text."""
