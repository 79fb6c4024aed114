import { takePicturesOf } from './support/pictures';

takePicturesOf(['compare', 'layers', 'network']);
