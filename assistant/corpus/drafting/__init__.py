"""From the lines of a file to a draft edition: structure recognised, metadata proposed, doubts listed."""
