"""How pages are asked for: politely, safely, and what an answer or an error means."""
