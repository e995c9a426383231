import { refusalsOfTuning } from "./support/refusals-of-tuning";
import { tuningOfGuest } from "./support/tuned-guest";

tuningOfGuest("ifupdown", refusalsOfTuning);
