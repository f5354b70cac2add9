"""An invented England to try the exchange on, and the rehearsal on published figures."""
