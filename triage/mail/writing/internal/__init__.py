"""Mail to the people who work here that goes wide: numbers, states and dates, never what anybody wrote (R-77, R-78)."""
