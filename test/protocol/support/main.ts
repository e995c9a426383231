import { serve } from "../../../provider/protocol/server";

void serve(async () => (await import("./package")).provider);
