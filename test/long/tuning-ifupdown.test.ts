import { tuningOfGuest } from "../guest/support/tuned-guest";

tuningOfGuest("ifupdown");
