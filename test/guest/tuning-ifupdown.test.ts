import { tuningOfGuest } from "./support/tuned-guest";

tuningOfGuest("ifupdown");
