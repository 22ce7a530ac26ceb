"""Words that every floor shares: pollutants, periods, ids, findings and the four families of error."""
