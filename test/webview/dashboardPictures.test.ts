import { takePicturesOf } from './support/pictures';

takePicturesOf(['dashboard']);
