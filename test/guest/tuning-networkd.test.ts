import { tuningOfGuest } from "./support/tuned-guest";

tuningOfGuest("networkd");
