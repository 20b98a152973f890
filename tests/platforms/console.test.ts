import { openConsoleRig } from '../support/console-rig.ts'
import { exercisePlatform } from './exercise.ts'

exercisePlatform('the console', openConsoleRig)
