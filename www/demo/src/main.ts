/** The page: five views over one model. */

import { announcer } from "../../shared/dom.js";
import { AskView } from "./ask/view.js";
import { CalibrateView } from "./calibrate/view.js";
import { History } from "./chat/history.js";
import { MachineView } from "./machine/view.js";
import { MeasureView } from "./measure/view.js";
import { NetworkLog } from "./network.js";
import { keepOffline } from "./offline.js";
import { Session } from "./session.js";
import { loadSettings } from "./settings.js";
import { Shell } from "./shell.js";
import { TeachView } from "./teach/view.js";

// First, so that it misses nothing.
const log = new NetworkLog();
let shell: Shell | null = null;
keepOffline((reload) => shell?.offerUpdate(reload));

const { element, say } = announcer();
const session = new Session(log);
const settings = loadSettings();
const history = new History();
const views = {
  ask: new AskView(session, settings, history, say),
  calibrate: new CalibrateView(session, settings, say),
  teach: new TeachView(session, settings, say),
  measure: new MeasureView(session, say),
  machine: new MachineView(session, log, history, say),
};
shell = new Shell(views, log, element);
