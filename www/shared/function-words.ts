/**
 * English words that hold a sentence together and say nothing of their own. Judgments are made for English; of another
 * language every word counts.
 */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  (
    "a an the this that these those it its he him his she her hers they them their theirs we us our ours i me my mine " +
    "you your yours who whom whose which what when where why how there here " +
    "of in on at to from by with for about as into onto over under between among through during before after above " +
    "below up down out off than per via within without against toward towards upon " +
    "and or but nor so if then because while although though since unless until whether " +
    "is are was were be been being am isn't aren't wasn't weren't do does did done doing don't doesn't didn't " +
    "has have had having hasn't haven't hadn't will would shall should can could may might must can't couldn't won't " +
    "wouldn't shouldn't it's that's there's he's she's they're we're you're i'm i've " +
    "also just very too only even such some any each both all more most much many other another same own"
  ).split(" "),
);
