import { openDiscordRig } from '../support/discord-rig.ts'
import { exercisePlatform } from './exercise.ts'

exercisePlatform('Discord', openDiscordRig)
