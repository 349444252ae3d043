DROP INDEX `lead_notifications_unread`;--> statement-breakpoint
CREATE INDEX `lead_notifications_unread` ON `lead_notifications` (`company_id`,`property_manager_id`,`id`) WHERE "lead_notifications"."read_at" is null and "lead_notifications"."deleted_at" is null;--> statement-breakpoint
DROP INDEX `property_assignments_by_property`;--> statement-breakpoint
CREATE INDEX `property_assignments_by_property` ON `property_assignments` (`company_id`,`property_id`,`manager_id`);--> statement-breakpoint
DROP INDEX `users_by_email`;--> statement-breakpoint
DROP INDEX `users_by_phone`;--> statement-breakpoint
CREATE INDEX `users_by_email` ON `users` (`company_id`,`email`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `users_by_phone` ON `users` (`company_id`,`phone`,`created_at`,`id`);