import { openSlackRig } from '../support/slack-rig.ts'
import { exercisePlatform } from './exercise.ts'

exercisePlatform('Slack by socket', () => openSlackRig('socket'))
exercisePlatform('Slack by HTTP', () => openSlackRig('http'))
