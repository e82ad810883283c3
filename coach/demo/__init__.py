"""A clinic to look around in: invented people, half a year of practice with the real coaching, no camera."""
