import { LocalReach } from "../../provider/reach/local";
import { filesConformance } from "../support/reach-files";

filesConformance("this machine", () => new LocalReach());
