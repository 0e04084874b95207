"""An invented company with known truth, to see what a design would find before anyone is asked to vote."""
