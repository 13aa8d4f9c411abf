"""An independent recount: reads a whole topic with another client, in another language, and compares
what it counts with what the daemon stored. It shares no code with the daemon."""
