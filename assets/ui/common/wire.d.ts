// What goes to the page, as explorer/ui/wire.py says it; made by `python -m tests.wire_twin`.

declare namespace Wire {
  interface About {
    method: Named;
    makes: boolean;
    seeds: number[];
    seeds_in: string[];
    learns: boolean;
    task: Named;
    unit: string;
    per_class: boolean;
    embeds: boolean;
    of_prototypes: boolean;
    protocol: Named;
    metrics: MetricShape[];
    stages: Named[];
  }

  /** Results, the best first. */
  interface Answer {
    n: number;
    rows: number[];
    results: RowCard[];
  }

  /** The edits that a run of the form as it is would follow. */
  interface Applied {
    follows: boolean;
    size: number;
    edits: string[];
    added: number;
    map_size: number | null;
    checks: string;
  }

  /** The small images of a map, on pages. */
  interface Atlas {
    side: number;
    levels: Record<string, number>;
    making: Making | null;
  }

  interface Beside {
    first: SetRow | null;
    second: SetRow | null;
    likeness: number | null;
  }

  interface Cancelled {
    state: 'cancelled';
  }

  /** What the inspector shows of a prototype. */
  interface Card {
    prototype: number;
    n_prototypes: number;
    number: number;
    label: string;
    rank: number;
    n_image_rows: number;
    n_caption_rows: number;
    n_shared: number;
    cosine: number;
    nearest_images: NearImage[];
    nearest_captions: NearCaption[];
    chosen_caption: number;
    spread: Spread;
    alike: [number, number][];
    kept_image: Record<string, unknown> | null;
  }

  /** Rows that one check of the data has found. */
  interface Check {
    n: number;
    rows: number[];
    results: RowCard[];
    name: string;
    title: string;
    meaning: string;
  }

  interface Checkpoint {
    step: number;
    name: string;
  }

  interface Checks {
    line: string;
    found: Check[];
    measuring: Measuring | null;
  }

  /** A column before its values are fetched. */
  interface ColumnAbout {
    name: string;
    title: string;
    per: string;
    kind: string;
    group: string;
    meaning: string;
    of: string;
    is_there: boolean;
  }

  interface Columns {
    columns: ColumnAbout[];
    measuring: Measuring | null;
  }

  /** What sets of one size learned with one choice of the settings that were varied. */
  interface Combination {
    network: string;
    method: string;
    n_pairs: number;
    values: Record<string, string>;
    mean: (number | null)[];
    n_sets: number;
  }

  /** What the page reads of a run's settings. */
  interface Config {
    data: string;
    bundle: string;
    task: string;
    method: string;
    size: number;
    subset: string;
    edits: Edit[];
    evaluation: HowScored;
  }

  interface Cost {
    timing: Record<string, number>;
    peak_memory: number;
  }

  interface CostEstimate {
    seconds: number | null;
    memory: number | null;
    parts: CostPart[];
  }

  interface CostPart {
    stage: string;
    label: string;
    seconds: number | null;
    is_rough: boolean;
    why: string;
  }

  interface Coverage {
    note: string;
    making: Making | null;
    is_there: boolean;
    of: string;
    usual: number;
    covered: number;
    covered_rare: number;
    n_bare: number;
    holes: Hole[];
  }

  interface Difference {
    setting: string;
    values: unknown[];
  }

  /** Either the pairs, or how long looking for them would take. */
  interface Duplicates {
    pairs?: Twins[];
    seconds?: number;
  }

  interface Edit {
    kind: string;
    prototype: number;
  }

  /** What to show after an edit. */
  interface Edited {
    key: string;
    prototype: number | null;
    given_up: number[];
  }

  /** What one value of a setting brings over its first value, all else being equal. */
  interface Effect {
    network: string;
    method: string;
    setting: string;
    value: string;
    first: string;
    gain: (number | null)[];
    n_sets: number;
  }

  /** An image or a caption of test. */
  interface FailedItem {
    place: number;
    image: number;
    text: string;
    rank: number;
    other_rank: number | null;
  }

  /** Items that have something in common. */
  interface FailureGroup {
    label: string;
    prototype: number | null;
    n: number;
    first: number;
    among: number;
    other_first: number | null;
  }

  /** How the items of test fared; lists have an entry for each. */
  interface Failures {
    note: string;
    networks: string[];
    network: string;
    k: number;
    n_answers: number;
    columns: string[];
    x: number[];
    y: number[];
    image: number[];
    rank: number[];
    outcome: number[];
    groups: FailureGroup[];
    items: FailedItem[];
    making: Making | null;
  }

  /** How test fared at one prototype in the newest run that kept it. */
  interface FaredHere {
    run: RunOnMap;
    network: string;
    is_there: boolean;
    recall: RecallHere[];
    making: Making | null;
  }

  /** One setting, to be changed. */
  interface Field {
    name: string;
    label: string;
    help: string;
    kind: 'int' | 'float' | 'str' | 'bool';
    default: number | number | string | boolean;
    choices: string[];
    least: number | null;
    most: number | null;
    step: number | null;
  }

  interface FirstRow {
    image: string;
    says: string[];
  }

  /** Settings as fields; comes back with what was changed. */
  interface Form {
    bundle: string;
    parts: Part[];
    changed: Record<string, Record<string, unknown>>;
    after: number | null;
  }

  /** What a search found. */
  interface Found {
    n: number;
    rows: number[];
    results: RowCard[];
    left_out: number;
    unknown: string[];
    classes: string[];
  }

  interface FoundNeighbours {
    n: number;
    rows: number[];
    results: Neighbour[];
  }

  /** What a set is better by than random ones. */
  interface Gain {
    set: string;
    network: string;
    over_chance: (number | null)[];
    p: number | null;
  }

  interface Generated {
    nearest: NearestReal;
    images: GeneratedImage[];
    state: 'done';
    key: string;
    prototype: number;
    blend: [number, number] | null;
    caption: string;
  }

  interface GeneratedImage {
    id: string;
    seed: number;
    to_prototype: number;
    to_caption: number;
    seconds: number;
    is_new: boolean;
  }

  /** How far the images of a prototype are. */
  interface Generating {
    state: 'drawing';
    share: number;
    text: string;
  }

  /** Images of train that no pair of a set is near to. */
  interface Hole {
    n: number;
    words: string;
    distance: number;
    image: number;
    caption: string;
    added: number | null;
  }

  /** How students are trained and scored; what else it says depends on the task. */
  interface HowScored {
    protocol?: string;
    n_seeds?: number;
  }

  interface Images {
    nearest: NearestReal;
    images: GeneratedImage[];
  }

  /** What was found in data that somebody named, before anything is made of it. */
  interface Inspected {
    is_done: boolean;
    line: string;
    problem: string;
    more: string[];
    first: FirstRow[];
    convert: string;
  }

  interface Item {
    row: number;
    image: number;
    file: string;
    caption: string;
    prototype: number | null;
    similarity: number;
    is_image: boolean;
  }

  /** Sets before a referee. */
  interface Judgement {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
    status: Status;
    sets: string[];
    plan: RefereePlan;
    students: string;
    head: string[];
    lines: string[][];
    gains: Gain[];
  }

  interface Label {
    name: string;
    note: string;
  }

  /** One way to make sets, measured on one network; lines with equal `about` can be compared. */
  interface Line {
    about: Record<string, unknown>;
    protocol: string;
    on: string;
    network: string;
    label: string;
    place: number;
    points: LinePoint[];
  }

  /** Sets of one size. */
  interface LinePoint {
    n_pairs: number;
    n_sets: number;
    mean: number;
    half: number | null;
    n_bytes: number | null;
  }

  interface LiveRun {
    run?: string;
    duplicated?: boolean;
  }

  /** How far a result is that is computed behind the page. */
  interface Making {
    share: number;
    text: string;
    problem: string;
  }

  /** A map, and what an address asks for to see it. */
  interface MapOf {
    key: string;
    data: string;
    bundle: string;
    n_prototypes: number;
  }

  interface MapView {
    data: string;
    bundle: string;
    n_prototypes: number;
    selected: number | null;
  }

  /** Where measuring the images stands. */
  interface Measuring {
    making: Making | null;
    seconds: number | null;
  }

  interface MetricShape {
    name: string;
    label: string;
    unit: string;
    group: string;
    mean_of: string[];
  }

  interface Named {
    name: string;
    label: string;
  }

  interface NearCaption {
    row: number;
    text: string;
    similarity: number | null;
    is_chosen: boolean;
  }

  interface NearImage {
    image: number;
    similarity: number;
    to_caption: number;
    caption: string;
    thumbnail: string | null;
  }

  /** The image of train that an image of a set is nearest to, by CLIP. */
  interface NearTrain {
    image: number;
    row: number | null;
    caption: string;
    similarity: number;
    share: number;
    is_copy: boolean;
  }

  interface NearestReal {
    image: number;
    similarity: number;
    to_caption: number;
    thumbnail: string | null;
  }

  interface Neighbour {
    row: number;
    image: number;
    file: string;
    caption: string;
    prototype: number | null;
    similarity: number;
    is_image: boolean;
    is_own: boolean;
  }

  interface Neighbours {
    item: Item;
    images: FoundNeighbours;
    captions: FoundNeighbours;
  }

  /** Settings under one heading; under none where the label is empty. */
  interface Part {
    key: string;
    label: string;
    fields: Field[];
  }

  /** What is at one point of the map: an image with its captions, or one caption. */
  interface Point {
    image: number;
    name: string;
    captions: string[];
    row: number;
    similarity: number[];
    is_kept: boolean;
    prototype: number | null;
    thumbnail: string | null;
  }

  interface Preparation {
    name: string;
    advice: string;
    key: string | null;
    spaces: string[];
    status: Status | null;
    stages: Named[];
  }

  /** Everything about a prepared dataset but its points. */
  interface Prepared {
    key: string;
    name: string;
    found: string;
    models: string;
    classes: string[];
    advice: string;
    skipped: string[];
    n_images: number;
    n_captions: number;
    modality_gap: number;
    spaces: Record<string, Space>;
    prototypes: PrototypeRow[];
    edits: string[];
    n_undone: number;
  }

  interface Problem {
    problem: string;
  }

  /** One prototype, for its mark on the map and its line in the table. */
  interface PrototypeRow {
    number: number;
    rank: number;
    label: string;
    cosine: number;
    n_rows: number;
    n_caption_rows: number;
    n_shared: number;
    place: number;
  }

  interface Published {
    source: string;
    rows: PublishedRow[];
  }

  /** One figure of the paper. */
  interface PublishedRow {
    network: string;
    n_pairs: number;
    method: string;
    recall: Record<string, number>;
  }

  interface QueuedRun {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
    status: Status;
    expected: Record<string, number>;
  }

  /** How the images or the captions of test fared that are most like one prototype. */
  interface RecallHere {
    space: string;
    n: number;
    n_answers: number;
    k: number;
    first: number;
    among: number;
    first_of_all: number;
  }

  interface RefereePlan {
    runs: string[];
    n_random: number;
    whole: boolean;
  }

  /** What the page reads of a run's result. */
  interface Result {
    out?: string;
    n_pairs?: number;
    n_bytes?: number;
    words?: number;
    timing?: Record<string, number>;
    peak_memory?: number;
    evaluation?: HowScored;
  }

  /** One row: a caption with its image. */
  interface RowCard {
    row: number;
    image: number;
    file: string;
    caption: string;
    prototype: number | null;
    similarity: number;
  }

  /** A run as it goes; read on from `offset`. */
  interface Run {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
    scores: Record<string, Record<string, (number | null)[]>>;
    checkpoints: Checkpoint[];
    status: Status;
    events: Record<string, unknown>[];
    offset: number;
    log: string;
    result: Result | null;
  }

  /** What every list says of a run. */
  interface RunName {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
  }

  /** A run on the data of a map, in a list to choose from. */
  interface RunOnMap {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
    result: Result | null;
  }

  interface SetImage {
    n_shared: number;
    view: MapOf | null;
    number: number | null;
    making: Making | null;
    near: NearTrain | null;
    advice: string;
  }

  /** One sample of a set. */
  interface SetRow {
    file_name: string;
    caption: string;
    prototype: number;
    n_shared: number;
    seed: number;
    similarity: number;
    label: string;
  }

  /** What a set of one size brings over the next smaller one, and lacks to all of train. */
  interface Size {
    network: string;
    method: string;
    n_pairs: number;
    mean: (number | null)[];
    gain: (number | null)[] | null;
    short: (number | null)[] | null;
  }

  interface Space {
    note: string;
  }

  /** How the rows of an image cluster spread over caption clusters, most rows first. */
  interface Spread {
    prototype: number[];
    n_rows: number[];
    n_other: number;
  }

  /** Where a run stands; see `explorer.runs.directory.Status`. */
  interface Status {
    state: string;
    stage: string;
    share: number;
    text: string;
    advice: string;
    pid: number;
    queued_at: number;
    started_at: number;
    time: number;
    cost: Cost;
  }

  /** Rows that are to be distilled; empty for all. */
  interface Subset {
    subset?: string;
    text?: string;
    data?: string;
    bundle?: string;
  }

  /** What is shown of a sweep. */
  interface Sweep {
    rows: SweepRow[];
    lines: Line[];
    effects: Effect[];
    sizes: Size[];
    combinations: Combination[];
  }

  interface SweepPlan {
    methods: string[];
    n_pairs: number[];
    n_sets: number;
  }

  /** One method at one size on one network; intervals are over sets. */
  interface SweepRow {
    network: string;
    method: string;
    n_pairs: number;
    n_sets: number;
    mean: (number | null)[];
    lead: (number | null)[] | null;
    scores: Record<string, (number | null)[]>;
    words: number | null;
    p: number | null;
  }

  interface TableRun {
    id: string;
    kind: 'prepare' | 'distill' | 'sweep' | 'referee';
    about: About;
    config: Config;
    sweep: SweepPlan;
    label: Label;
    state: string;
    ended: string;
    result: Result | null;
    scores: Record<string, Record<string, (number | null)[]>>;
  }

  interface Tag {
    name: string;
    n: number;
  }

  /** One of two images that are nearly equal. */
  interface Twin {
    image: number;
    name: string;
    caption: string;
    rows: number[];
  }

  interface Twins {
    cosine: number;
    images: Twin[];
  }
}
