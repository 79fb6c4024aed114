/** One function for each kind of layer, with what networks have in common as defaults; each takes its name and what it reads first. */
export { add } from './layers/add';
export { batchNorm } from './layers/batchNorm';
export { channelScatter } from './layers/channelScatter';
export { conv } from './layers/conv';
export { globalAveragePool } from './layers/globalAveragePool';
export { input } from './layers/input';
export { linear } from './layers/linear';
export { relu } from './layers/relu';
export { subsamplePad } from './layers/subsamplePad';
