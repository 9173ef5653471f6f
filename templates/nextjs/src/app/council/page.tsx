// Yours to change. The browser asks this app's route, and the route asks the gateway.

import { Council } from "./council";

export default function Page() {
  return <Council />;
}
