CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`last_four` text NOT NULL,
	`permissions` text NOT NULL,
	`property_ids` text,
	`created_by` text NOT NULL,
	`created_by_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`rotated_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_by_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_by_company` ON `api_keys` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `company_export_chunks` (
	`company_id` text NOT NULL,
	`export_id` text NOT NULL,
	`seq` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`company_id`, `export_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `company_exports` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`status` text NOT NULL,
	`place` text NOT NULL,
	`chunks` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`counts` text NOT NULL,
	`error` text,
	`requested_by` text NOT NULL,
	`requested_by_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `company_exports_by_company` ON `company_exports` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `company_exports_by_expiry` ON `company_exports` (`expires_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `company_exports_at_work` ON `company_exports` (`company_id`) WHERE "company_exports"."status" in ('pending', 'running');--> statement-breakpoint
CREATE TABLE `company_retention` (
	`company_id` text PRIMARY KEY NOT NULL,
	`conversations_days` integer,
	`mails_days` integer,
	`notifications_days` integer,
	`visitor_sessions_days` integer,
	`audit_log_days` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `erasures` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`receipt` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_by_name` text NOT NULL,
	`requested_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `erasures_by_user` ON `erasures` (`company_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `password_resets` (
	`hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`purpose` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE INDEX `password_resets_by_account` ON `password_resets` (`account_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `password_resets_by_expiry` ON `password_resets` (`expires_at`);--> statement-breakpoint
CREATE TABLE `analytics_conversations` (
	`company_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`property_id` text NOT NULL,
	`source` text NOT NULL,
	`day` text NOT NULL,
	`started_at` integer NOT NULL,
	`lead_id` text,
	`engagement_points` integer NOT NULL,
	`engagement_score` text NOT NULL,
	`visitor_messages` integer NOT NULL,
	`duration_s` integer NOT NULL,
	`first_response_ms` integer,
	`first_human_response_ms` integer,
	`is_chat` integer NOT NULL,
	`is_qualified` integer NOT NULL,
	`is_toured` integer NOT NULL,
	`is_shown` integer NOT NULL,
	`is_applied` integer NOT NULL,
	`is_leased` integer NOT NULL,
	`is_contact_captured` integer NOT NULL,
	`is_abandoned` integer NOT NULL,
	`is_handed_off` integer NOT NULL,
	`is_incentive_offered` integer NOT NULL,
	`is_incentive_accepted` integer NOT NULL,
	`is_incentive_expired` integer NOT NULL,
	`drawn_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `conversation_id`)
);
--> statement-breakpoint
CREATE INDEX `analytics_conversations_by_start` ON `analytics_conversations` (`company_id`,`started_at`,`conversation_id`);--> statement-breakpoint
CREATE INDEX `analytics_conversations_by_points` ON `analytics_conversations` (`company_id`,`engagement_points`,`conversation_id`);--> statement-breakpoint
CREATE INDEX `analytics_conversations_by_property` ON `analytics_conversations` (`company_id`,`property_id`,`started_at`,`conversation_id`);--> statement-breakpoint
CREATE INDEX `analytics_conversations_by_score` ON `analytics_conversations` (`company_id`,`engagement_score`,`started_at`,`conversation_id`);--> statement-breakpoint
CREATE TABLE `analytics_daily` (
	`company_id` text NOT NULL,
	`day` text NOT NULL,
	`property_id` text NOT NULL,
	`source` text NOT NULL,
	`conversations` integer DEFAULT 0 NOT NULL,
	`chats` integer DEFAULT 0 NOT NULL,
	`qualified` integer DEFAULT 0 NOT NULL,
	`toured` integer DEFAULT 0 NOT NULL,
	`shown` integer DEFAULT 0 NOT NULL,
	`applied` integer DEFAULT 0 NOT NULL,
	`leased` integer DEFAULT 0 NOT NULL,
	`contacts_captured` integer DEFAULT 0 NOT NULL,
	`abandoned` integer DEFAULT 0 NOT NULL,
	`handed_off` integer DEFAULT 0 NOT NULL,
	`incentives_offered` integer DEFAULT 0 NOT NULL,
	`incentives_accepted` integer DEFAULT 0 NOT NULL,
	`incentives_expired` integer DEFAULT 0 NOT NULL,
	`visitor_messages` integer DEFAULT 0 NOT NULL,
	`duration_s` integer DEFAULT 0 NOT NULL,
	`engagement_points` integer DEFAULT 0 NOT NULL,
	`scored_low` integer DEFAULT 0 NOT NULL,
	`scored_medium` integer DEFAULT 0 NOT NULL,
	`scored_high` integer DEFAULT 0 NOT NULL,
	`scored_very_high` integer DEFAULT 0 NOT NULL,
	`answered` integer DEFAULT 0 NOT NULL,
	`first_response_ms` integer DEFAULT 0 NOT NULL,
	`answered_by_person` integer DEFAULT 0 NOT NULL,
	`first_human_response_ms` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`company_id`, `day`, `property_id`, `source`)
);
--> statement-breakpoint
CREATE TABLE `analytics_events` (
	`company_id` text NOT NULL,
	`insert_id` text NOT NULL,
	`id` text NOT NULL,
	`property_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`session_id` text NOT NULL,
	`user_id` text,
	`device_id` text,
	`event_type` text NOT NULL,
	`facts` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`forwarding` text NOT NULL,
	PRIMARY KEY(`company_id`, `insert_id`)
);
--> statement-breakpoint
CREATE INDEX `analytics_events_by_conversation` ON `analytics_events` (`company_id`,`conversation_id`,`id`);--> statement-breakpoint
CREATE INDEX `analytics_events_to_forward` ON `analytics_events` (`company_id`,`id`) WHERE "analytics_events"."forwarding" = 'pending';--> statement-breakpoint
CREATE INDEX `analytics_events_by_age` ON `analytics_events` (`received_at`);--> statement-breakpoint
CREATE TABLE `analytics_sessions` (
	`company_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`session_id` text NOT NULL,
	`id` text NOT NULL,
	`user_id` text,
	`device_id` text,
	`page_url` text,
	`contact_method` text,
	`tour_type` text,
	`events` integer DEFAULT 0 NOT NULL,
	`user_messages_sent` integer DEFAULT 0 NOT NULL,
	`bot_messages_received` integer DEFAULT 0 NOT NULL,
	`answer_button_clicks` integer DEFAULT 0 NOT NULL,
	`email_office_clicked` integer DEFAULT 0 NOT NULL,
	`phone_call_clicked` integer DEFAULT 0 NOT NULL,
	`widget_minimized` integer DEFAULT 0 NOT NULL,
	`session_duration` integer DEFAULT 0 NOT NULL,
	`chat_session_started` integer DEFAULT 0 NOT NULL,
	`contact_captured` integer DEFAULT 0 NOT NULL,
	`tour_booked` integer DEFAULT 0 NOT NULL,
	`incentive_offered` integer DEFAULT 0 NOT NULL,
	`incentive_accepted` integer DEFAULT 0 NOT NULL,
	`incentive_expired` integer DEFAULT 0 NOT NULL,
	`admin_handoff_triggered` integer DEFAULT 0 NOT NULL,
	`customer_service_escalated` integer DEFAULT 0 NOT NULL,
	`conversation_abandoned` integer DEFAULT 0 NOT NULL,
	`widget_session_ended` integer DEFAULT 0 NOT NULL,
	`qualified` integer DEFAULT 0 NOT NULL,
	`pre_lease` integer DEFAULT 0 NOT NULL,
	`tour_intent` integer DEFAULT 0 NOT NULL,
	`hot` integer DEFAULT 0 NOT NULL,
	`signed` integer DEFAULT 0 NOT NULL,
	`last_event_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `conversation_id`, `session_id`)
);
--> statement-breakpoint
CREATE TABLE `follow_ups` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`lead_id` text NOT NULL,
	`run_id` text NOT NULL,
	`entry_id` text NOT NULL,
	`entry_seq` integer NOT NULL,
	`title` text NOT NULL,
	`assigned_to` text,
	`due_at` integer NOT NULL,
	`status` text NOT NULL,
	`fired_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `follow_ups_due` ON `follow_ups` (`due_at`) WHERE "follow_ups"."status" in ('scheduled', 'firing');--> statement-breakpoint
CREATE INDEX `follow_ups_due_in_company` ON `follow_ups` (`company_id`,`due_at`) WHERE "follow_ups"."status" in ('scheduled', 'firing');--> statement-breakpoint
CREATE INDEX `follow_ups_by_lead` ON `follow_ups` (`company_id`,`lead_id`,`status`);--> statement-breakpoint
CREATE TABLE `lead_score_adjustments` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`lead_id` text NOT NULL,
	`points` integer NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `lead_score_adjustments_by_lead` ON `lead_score_adjustments` (`company_id`,`lead_id`,`id`);--> statement-breakpoint
CREATE TABLE `lead_workflow_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`workflow_version` integer NOT NULL,
	`workflow_name` text NOT NULL,
	`lead_id` text NOT NULL,
	`entry_id` text NOT NULL,
	`entry_seq` integer NOT NULL,
	`entry_at` integer NOT NULL,
	`trigger_status` text NOT NULL,
	`target_status` text NOT NULL,
	`cause` text NOT NULL,
	`status` text NOT NULL,
	`move` text,
	`detail` text,
	`started_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lead_workflow_runs_once` ON `lead_workflow_runs` (`company_id`,`lead_id`,`entry_id`,`workflow_id`);--> statement-breakpoint
CREATE INDEX `lead_workflow_runs_by_workflow` ON `lead_workflow_runs` (`company_id`,`workflow_id`,`id`);--> statement-breakpoint
CREATE INDEX `lead_workflow_runs_by_property` ON `lead_workflow_runs` (`company_id`,`property_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `lead_workflow_steps` (
	`company_id` text NOT NULL,
	`run_id` text NOT NULL,
	`position` integer NOT NULL,
	`id` text NOT NULL,
	`action` text NOT NULL,
	`status` text NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`result` text,
	`detail` text,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `run_id`, `position`)
);
--> statement-breakpoint
CREATE TABLE `lead_workflows` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`name` text NOT NULL,
	`trigger_status` text NOT NULL,
	`target_status` text NOT NULL,
	`conditions` text NOT NULL,
	`actions` text NOT NULL,
	`is_active` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `lead_workflows_by_property` ON `lead_workflows` (`company_id`,`property_id`,`id`);--> statement-breakpoint
CREATE INDEX `lead_workflows_waiting` ON `lead_workflows` (`company_id`,`property_id`,`trigger_status`) WHERE "lead_workflows"."is_active" = 1 and "lead_workflows"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `status_templates` (
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`templates` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `property_id`)
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`password_hash` text NOT NULL,
	`manager_id` text,
	`last_login_at` integer,
	`disabled_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_by_email` ON `accounts` (`email`) WHERE "accounts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `accounts_by_company` ON `accounts` (`company_id`,`id`);--> statement-breakpoint
CREATE TABLE `companies` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`logo_url` text,
	`contact_email` text,
	`contact_phone` text,
	`hubspot_company_id` text,
	`calendly_org_uri` text,
	`resman_account_id` text,
	`twilio_account_sid` text,
	`twilio_from` text,
	`is_sandbox` integer DEFAULT false NOT NULL,
	`clock_offset_ms` integer DEFAULT 0 NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `companies_by_name` ON `companies` (`name`,`id`);--> statement-breakpoint
CREATE INDEX `companies_with_moved_clock` ON `companies` (`clock_offset_ms`) WHERE "companies"."clock_offset_ms" <> 0;--> statement-breakpoint
CREATE TABLE `company_secrets` (
	`company_id` text NOT NULL,
	`name` text NOT NULL,
	`key_id` text NOT NULL,
	`ciphertext` text NOT NULL,
	`last_four` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`family_id` text NOT NULL,
	`account_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`revoked_at` integer,
	`user_agent` text
);
--> statement-breakpoint
CREATE INDEX `refresh_tokens_by_family` ON `refresh_tokens` (`family_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_by_account` ON `refresh_tokens` (`account_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_by_expiry` ON `refresh_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `contact_interactions` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`type` text NOT NULL,
	`description` text NOT NULL,
	`outcome` text,
	`next_action` text,
	`scheduled_follow_up` integer,
	`timestamp` integer NOT NULL,
	`performed_by` text NOT NULL,
	`performed_by_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `contact_interactions_by_contact` ON `contact_interactions` (`company_id`,`contact_id`,`timestamp`,`id`);--> statement-breakpoint
CREATE TABLE `contact_keys` (
	`company_id` text NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`contact_id` text NOT NULL,
	PRIMARY KEY(`company_id`, `kind`, `key`, `contact_id`)
);
--> statement-breakpoint
CREATE INDEX `contact_keys_by_contact` ON `contact_keys` (`company_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `contact_merge_moves` (
	`company_id` text NOT NULL,
	`merge_id` text NOT NULL,
	`kind` text NOT NULL,
	`record_id` text NOT NULL,
	`from_contact_id` text NOT NULL,
	PRIMARY KEY(`company_id`, `merge_id`, `kind`, `record_id`)
);
--> statement-breakpoint
CREATE TABLE `contact_merges` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`primary_id` text NOT NULL,
	`secondary_ids` text NOT NULL,
	`choices` text NOT NULL,
	`before` text,
	`after` text,
	`merged_by` text NOT NULL,
	`merged_by_id` text NOT NULL,
	`merged_at` integer NOT NULL,
	`undone_by` text,
	`undone_by_id` text,
	`undone_at` integer
);
--> statement-breakpoint
CREATE INDEX `contact_merges_by_time` ON `contact_merges` (`company_id`,`merged_at`,`id`);--> statement-breakpoint
CREATE INDEX `contact_merges_by_primary` ON `contact_merges` (`company_id`,`primary_id`,`merged_at`);--> statement-breakpoint
CREATE INDEX `contact_merges_kept` ON `contact_merges` (`merged_at`) WHERE "contact_merges"."before" is not null;--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`first_name` text,
	`last_name` text,
	`company_name` text,
	`display_name` text NOT NULL,
	`emails` text NOT NULL,
	`phones` text NOT NULL,
	`address` text,
	`tags` text NOT NULL,
	`notes` text,
	`custom_fields` text NOT NULL,
	`source` text,
	`assigned_to` text,
	`relationship_status` text NOT NULL,
	`lifecycle_stage` text NOT NULL,
	`status_seq` integer DEFAULT 0 NOT NULL,
	`last_contacted` integer,
	`merged_into` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `contacts_by_created` ON `contacts` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_updated` ON `contacts` (`company_id`,`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_name` ON `contacts` (`company_id`,`display_name`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_last_contacted` ON `contacts` (`company_id`,`last_contacted`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_status` ON `contacts` (`company_id`,`relationship_status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_stage` ON `contacts` (`company_id`,`lifecycle_stage`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_by_assignee` ON `contacts` (`company_id`,`assigned_to`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`chatbot_id` text NOT NULL,
	`user_id` text,
	`lead_id` text,
	`start_time` integer NOT NULL,
	`end_time` integer,
	`is_qualified` integer DEFAULT false NOT NULL,
	`is_book_tour` integer DEFAULT false NOT NULL,
	`tour_type` text,
	`tour_datetime` integer,
	`ai_intent_summary` text,
	`apartment_size_preference` text,
	`bedrooms` integer,
	`bathrooms` real,
	`furnished` integer,
	`lease_months` integer,
	`move_in_date` text,
	`price_range_min` integer,
	`price_range_max` integer,
	`occupants_count` integer,
	`has_pets` integer,
	`pet_details` text,
	`lead_score` integer,
	`score_explanation` text,
	`desired_features` text,
	`work_location` text,
	`reason_for_moving` text,
	`pre_qualified` integer DEFAULT false NOT NULL,
	`source` text,
	`notification_status` text,
	`speaker` text DEFAULT 'bot' NOT NULL,
	`last_seq` integer DEFAULT 0 NOT NULL,
	`message_count` integer DEFAULT 0 NOT NULL,
	`visitor_message_count` integer DEFAULT 0 NOT NULL,
	`last_message_at` integer,
	`last_message_text` text,
	`first_human_reply_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `conversations_by_start` ON `conversations` (`company_id`,`start_time`,`id`);--> statement-breakpoint
CREATE INDEX `conversations_by_property` ON `conversations` (`company_id`,`property_id`,`start_time`,`id`);--> statement-breakpoint
CREATE INDEX `conversations_by_user` ON `conversations` (`company_id`,`user_id`,`start_time`);--> statement-breakpoint
CREATE INDEX `conversations_by_lead` ON `conversations` (`company_id`,`lead_id`);--> statement-breakpoint
CREATE TABLE `leads` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`user_id` text,
	`contact_id` text,
	`conversation_id` text,
	`assigned_to` text,
	`first_name` text,
	`last_name` text,
	`email` text,
	`phone` text,
	`source` text,
	`notes` text,
	`bedrooms` integer,
	`bathrooms` real,
	`furnished` integer,
	`lease_months` integer,
	`move_in_date` text,
	`price_range_min` integer,
	`price_range_max` integer,
	`occupants_count` integer,
	`has_pets` integer,
	`pet_details` text,
	`lead_score` integer,
	`score_explanation` text,
	`has_application` integer DEFAULT false NOT NULL,
	`resman_prospect_id` text,
	`resman_person_id` text,
	`resman_sync_status` text DEFAULT 'waiting' NOT NULL,
	`resman_synced_at` integer,
	`resman_sync_error` text,
	`resman_fingerprint` text,
	`last_activity_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `leads_by_activity` ON `leads` (`company_id`,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `leads_by_property` ON `leads` (`company_id`,`property_id`,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `leads_by_contact` ON `leads` (`company_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `leads_by_user` ON `leads` (`company_id`,`user_id`,`property_id`);--> statement-breakpoint
CREATE INDEX `leads_by_assignee` ON `leads` (`company_id`,`assigned_to`,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `leads_by_created` ON `leads` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `leads_by_sync` ON `leads` (`company_id`,`resman_sync_status`,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `leads_by_resman` ON `leads` (`company_id`,`resman_prospect_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `leads_by_conversation` ON `leads` (`company_id`,`conversation_id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`company_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`id` text NOT NULL,
	`role` text NOT NULL,
	`text` text NOT NULL,
	`client_id` text,
	`sender_id` text,
	`sender_name` text,
	`payload` text,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	`deleted_at` integer,
	`revision` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`company_id`, `conversation_id`, `seq`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_by_id` ON `messages` (`company_id`,`id`);--> statement-breakpoint
CREATE TABLE `email_campaign_recipients` (
	`company_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`lead_id` text NOT NULL,
	`address` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`mail_id` text,
	`settled_at` integer,
	PRIMARY KEY(`company_id`, `campaign_id`, `lead_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_campaign_recipients_by_address` ON `email_campaign_recipients` (`company_id`,`campaign_id`,`address`);--> statement-breakpoint
CREATE INDEX `email_campaign_recipients_by_status` ON `email_campaign_recipients` (`company_id`,`campaign_id`,`status`,`lead_id`);--> statement-breakpoint
CREATE INDEX `email_campaign_recipients_by_mail` ON `email_campaign_recipients` (`company_id`,`mail_id`);--> statement-breakpoint
CREATE TABLE `email_campaigns` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`title` text NOT NULL,
	`description` text,
	`template_id` text,
	`subject` text NOT NULL,
	`content_type` text NOT NULL,
	`variables` text NOT NULL,
	`template_content` text NOT NULL,
	`audience` text NOT NULL,
	`status` text NOT NULL,
	`mails_per_minute` integer NOT NULL,
	`scheduled_for` integer,
	`run` integer DEFAULT 0 NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`audience_cursor` text DEFAULT '' NOT NULL,
	`expanded_at` integer,
	`started_at` integer,
	`completed_at` integer,
	`error` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `email_campaigns_by_created` ON `email_campaigns` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_campaigns_by_property` ON `email_campaigns` (`company_id`,`property_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_campaigns_by_status` ON `email_campaigns` (`company_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_campaigns_by_title` ON `email_campaigns` (`company_id`,`title`,`id`);--> statement-breakpoint
CREATE INDEX `email_campaigns_due` ON `email_campaigns` (`scheduled_for`) WHERE "email_campaigns"."status" = 'scheduled' and "email_campaigns"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `email_campaigns_by_clock` ON `email_campaigns` (`company_id`,`scheduled_for`) WHERE "email_campaigns"."status" = 'scheduled' and "email_campaigns"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `email_drafts` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`lead_id` text NOT NULL,
	`conversation_id` text,
	`template_id` text,
	`subject` text NOT NULL,
	`content_type` text NOT NULL,
	`variables` text NOT NULL,
	`content` text NOT NULL,
	`preview` text,
	`status` text NOT NULL,
	`priority` text NOT NULL,
	`tags` text,
	`scheduled_for` integer,
	`sent_at` integer,
	`mail_id` text,
	`error` text,
	`created_by` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `email_drafts_by_created` ON `email_drafts` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_drafts_by_property` ON `email_drafts` (`company_id`,`property_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_drafts_by_lead` ON `email_drafts` (`company_id`,`lead_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_drafts_by_conversation` ON `email_drafts` (`company_id`,`conversation_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_drafts_by_status` ON `email_drafts` (`company_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_drafts_by_mail` ON `email_drafts` (`company_id`,`mail_id`);--> statement-breakpoint
CREATE INDEX `email_drafts_due` ON `email_drafts` (`scheduled_for`) WHERE "email_drafts"."status" = 'scheduled' and "email_drafts"."mail_id" is null and "email_drafts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `email_drafts_by_clock` ON `email_drafts` (`company_id`,`scheduled_for`) WHERE "email_drafts"."status" = 'scheduled' and "email_drafts"."mail_id" is null and "email_drafts"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `email_senders` (
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`from_address` text NOT NULL,
	`from_name` text,
	`reply_to` text,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `property_id`)
);
--> statement-breakpoint
CREATE TABLE `email_suppressions` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`address` text NOT NULL,
	`reason` text NOT NULL,
	`note` text,
	`mail_id` text,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_suppressions_by_address` ON `email_suppressions` (`company_id`,`address`,`reason`) WHERE "email_suppressions"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `email_suppressions_by_mailbox` ON `email_suppressions` (`company_id`,`address`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_suppressions_by_created` ON `email_suppressions` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `email_suppressions_by_reason` ON `email_suppressions` (`company_id`,`reason`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `email_templates` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text,
	`name` text NOT NULL,
	`description` text,
	`subject` text NOT NULL,
	`content` text NOT NULL,
	`content_type` text NOT NULL,
	`variables` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_templates_by_name` ON `email_templates` (`company_id`,`name`) WHERE "email_templates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `email_templates_by_created` ON `email_templates` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `mail_events` (
	`company_id` text NOT NULL,
	`event_id` text NOT NULL,
	`mail_id` text NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	`detail` text,
	PRIMARY KEY(`company_id`, `event_id`)
);
--> statement-breakpoint
CREATE INDEX `mail_events_by_mail` ON `mail_events` (`company_id`,`mail_id`,`type`,`at`);--> statement-breakpoint
CREATE TABLE `faq_askers` (
	`company_id` text NOT NULL,
	`faq_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`lead_id` text,
	`asked_seq` integer NOT NULL,
	`asked_at` integer NOT NULL,
	`words` text,
	`version` integer,
	`spoken_by` text,
	`spoken_by_name` text,
	`told_at` integer,
	PRIMARY KEY(`company_id`, `faq_id`, `conversation_id`)
);
--> statement-breakpoint
CREATE INDEX `faq_askers_waiting` ON `faq_askers` (`company_id`,`faq_id`) WHERE "faq_askers"."told_at" is null;--> statement-breakpoint
CREATE TABLE `faq_tellings` (
	`company_id` text NOT NULL,
	`faq_id` text NOT NULL,
	`version` integer NOT NULL,
	`conversation_id` text NOT NULL,
	`asked_seq` integer NOT NULL,
	`told_by` text NOT NULL,
	`message_id` text,
	`told_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `faq_id`, `conversation_id`, `asked_seq`, `version`)
);
--> statement-breakpoint
CREATE INDEX `faq_tellings_by_time` ON `faq_tellings` (`company_id`,`faq_id`,`told_at`);--> statement-breakpoint
CREATE TABLE `faq_versions` (
	`company_id` text NOT NULL,
	`faq_id` text NOT NULL,
	`version` integer NOT NULL,
	`question` text NOT NULL,
	`answer` text NOT NULL,
	`answered_by` text,
	`answered_by_name` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `faq_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `faqs` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`question` text NOT NULL,
	`question_key` text,
	`answer` text,
	`answer_version` integer DEFAULT 1 NOT NULL,
	`category` text,
	`source_type` text,
	`status` text NOT NULL,
	`status_seq` integer DEFAULT 0 NOT NULL,
	`review_reason` text,
	`assigned_to` text,
	`conversation_id` text,
	`answered_at` integer,
	`answered_by` text,
	`answered_by_name` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `faqs_by_created` ON `faqs` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `faqs_by_property` ON `faqs` (`company_id`,`property_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `faqs_by_status` ON `faqs` (`company_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `faqs_by_assignee` ON `faqs` (`company_id`,`assigned_to`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `faqs_by_conversation` ON `faqs` (`company_id`,`conversation_id`,`created_at`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `faqs_by_question` ON `faqs` (`company_id`,`property_id`,`question_key`) WHERE "faqs"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`conversation_id` text,
	`lead_id` text,
	`faq_id` text,
	`assigned_to` text,
	`question` text NOT NULL,
	`answer` text,
	`answered_at` integer,
	`answered_by` text,
	`answered_by_name` text,
	`status` text NOT NULL,
	`status_seq` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `tasks_by_created` ON `tasks` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_due` ON `tasks` (`company_id`,`due_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_property` ON `tasks` (`company_id`,`property_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_status` ON `tasks` (`company_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_assignee` ON `tasks` (`company_id`,`assigned_to`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_conversation` ON `tasks` (`company_id`,`conversation_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_faq` ON `tasks` (`company_id`,`faq_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`actor_name` text NOT NULL,
	`action` text NOT NULL,
	`record_type` text NOT NULL,
	`record_id` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_by_time` ON `audit_log` (`company_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_by_record` ON `audit_log` (`company_id`,`record_type`,`record_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_by_actor` ON `audit_log` (`company_id`,`actor_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_by_action` ON `audit_log` (`company_id`,`action`,`id`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`caller` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer,
	`body` text,
	`etag` text,
	`locked_until` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`caller`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_expiry` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `notification_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`notification_id` text NOT NULL,
	`channel` text NOT NULL,
	`to_address` text NOT NULL,
	`status` text NOT NULL,
	`due_at` integer NOT NULL,
	`round` integer DEFAULT 1 NOT NULL,
	`text` text,
	`handed_at` integer,
	`mail_id` text,
	`vendor_message_id` text,
	`error` text,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notification_deliveries_by_channel` ON `notification_deliveries` (`company_id`,`notification_id`,`channel`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_by_message` ON `notification_deliveries` (`company_id`,`vendor_message_id`) WHERE "notification_deliveries"."vendor_message_id" is not null;--> statement-breakpoint
CREATE INDEX `notification_deliveries_due` ON `notification_deliveries` (`due_at`) WHERE "notification_deliveries"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX `notification_deliveries_due_in_company` ON `notification_deliveries` (`company_id`,`due_at`) WHERE "notification_deliveries"."status" = 'waiting';--> statement-breakpoint
CREATE TABLE `notification_events` (
	`company_id` text NOT NULL,
	`dedupe_key` text NOT NULL,
	`notification_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`payload` text,
	`happened_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `dedupe_key`)
);
--> statement-breakpoint
CREATE INDEX `notification_events_by_notification` ON `notification_events` (`company_id`,`notification_id`,`id`);--> statement-breakpoint
CREATE TABLE `notification_preferences` (
	`company_id` text NOT NULL,
	`manager_id` text NOT NULL,
	`channels` text NOT NULL,
	`quiet_hours` text,
	`time_zone` text,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `manager_id`)
);
--> statement-breakpoint
CREATE TABLE `lead_notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`conversation_id` text,
	`lead_id` text,
	`property_manager_id` text,
	`notification_type` text NOT NULL,
	`status` text NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`payload` text,
	`dedupe_key` text NOT NULL,
	`in_app` integer DEFAULT true NOT NULL,
	`repeat_count` integer DEFAULT 1 NOT NULL,
	`last_event_at` integer,
	`sent_at` integer,
	`read_at` integer,
	`response_at` integer,
	`response_note` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lead_notifications_by_dedupe_key` ON `lead_notifications` (`company_id`,`dedupe_key`);--> statement-breakpoint
CREATE INDEX `lead_notifications_by_created` ON `lead_notifications` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `lead_notifications_by_property` ON `lead_notifications` (`company_id`,`property_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `lead_notifications_by_lead` ON `lead_notifications` (`company_id`,`lead_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `lead_notifications_by_manager` ON `lead_notifications` (`company_id`,`property_manager_id`,`id`);--> statement-breakpoint
CREATE INDEX `lead_notifications_unread` ON `lead_notifications` (`company_id`,`property_manager_id`,`id`) WHERE "lead_notifications"."read_at" is null and "lead_notifications"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `lead_notifications_by_conversation` ON `lead_notifications` (`company_id`,`conversation_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text,
	`dedupe_key` text NOT NULL,
	`to_address` text NOT NULL,
	`to_name` text,
	`from_address` text NOT NULL,
	`from_name` text,
	`reply_to` text,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text,
	`attachments` text NOT NULL,
	`kind` text DEFAULT 'transactional' NOT NULL,
	`campaign_id` text,
	`headers` text,
	`status` text NOT NULL,
	`vendor_message_id` text,
	`error` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`held_until` integer,
	`delivered_at` integer,
	`opened_at` integer,
	`clicked_at` integer,
	`bounced_at` integer,
	`bounce_reason` text,
	`complained_at` integer,
	`unsubscribed_at` integer
);
--> statement-breakpoint
CREATE INDEX `mails_by_campaign` ON `mails` (`company_id`,`campaign_id`) WHERE "mails"."campaign_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `mails_by_dedupe_key` ON `mails` (`company_id`,`dedupe_key`);--> statement-breakpoint
CREATE INDEX `mails_by_created` ON `mails` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`topic` text NOT NULL,
	`key` text NOT NULL,
	`payload` text NOT NULL,
	`dedupe_key` text NOT NULL,
	`status` text DEFAULT 'pending' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`lease_until` integer,
	`last_error` text,
	`created_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_by_dedupe_key` ON `outbox` (`company_id`,`topic`,`dedupe_key`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_attempt_at`) WHERE "outbox"."status" = 'pending';--> statement-breakpoint
CREATE INDEX `outbox_in_order` ON `outbox` (`company_id`,`topic`,`key`,`id`) WHERE "outbox"."status" <> 'done';--> statement-breakpoint
CREATE INDEX `outbox_finished` ON `outbox` (`done_at`) WHERE "outbox"."status" = 'done';--> statement-breakpoint
CREATE TABLE `properties` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`city` text NOT NULL,
	`state` text NOT NULL,
	`zip_code` text NOT NULL,
	`time_zone` text NOT NULL,
	`phone` text,
	`email` text,
	`property_type` text,
	`units_count` integer,
	`amenities` text,
	`features` text,
	`website_url` text,
	`hubspot_property_id` text,
	`office_hours` text,
	`tour_rules` text,
	`resman_property_id` text,
	`resman_source_id` text,
	`resman_agent_id` text,
	`resman_lost_reason_id` text,
	`allowed_origins` text NOT NULL,
	`chatbot_id` text NOT NULL,
	`embed_key` text NOT NULL,
	`chatbot_avatar_url` text,
	`chatbot_is_active` integer DEFAULT true NOT NULL,
	`chatbot_welcome_message` text,
	`chatbot_widget_settings` text,
	`chatbot_theme_color` text,
	`chatbot_position` text,
	`chatbot_auto_open` integer,
	`chatbot_business_hours` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `properties_by_company` ON `properties` (`company_id`,`name`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `properties_by_embed_key` ON `properties` (`embed_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `properties_by_resman` ON `properties` (`company_id`,`resman_property_id`) WHERE "properties"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `property_assignments` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`manager_id` text NOT NULL,
	`access_level` text NOT NULL,
	`is_primary` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `property_assignments_by_manager` ON `property_assignments` (`company_id`,`manager_id`,`property_id`);--> statement-breakpoint
CREATE INDEX `property_assignments_by_property` ON `property_assignments` (`company_id`,`property_id`,`manager_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `property_assignments_primary` ON `property_assignments` (`company_id`,`property_id`) WHERE "property_assignments"."is_primary" = 1;--> statement-breakpoint
CREATE TABLE `property_managers` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`email` text NOT NULL,
	`phone` text NOT NULL,
	`role` text,
	`access_level` text NOT NULL,
	`hours` text,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `property_managers_by_email` ON `property_managers` (`company_id`,`email`) WHERE "property_managers"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `property_managers_by_name` ON `property_managers` (`company_id`,`last_name`,`id`);--> statement-breakpoint
CREATE TABLE `property_origins` (
	`origin` text NOT NULL,
	`property_id` text NOT NULL,
	`company_id` text NOT NULL,
	PRIMARY KEY(`origin`, `property_id`)
);
--> statement-breakpoint
CREATE INDEX `property_origins_by_property` ON `property_origins` (`company_id`,`property_id`);--> statement-breakpoint
CREATE TABLE `units` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`unit_number` text NOT NULL,
	`floor_plan` text,
	`bedrooms` integer NOT NULL,
	`bathrooms` real NOT NULL,
	`square_feet` integer,
	`rent` integer NOT NULL,
	`deposit_amount` integer,
	`furnished` integer DEFAULT false NOT NULL,
	`available_on` text,
	`status` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `units_by_number` ON `units` (`company_id`,`property_id`,`unit_number`);--> statement-breakpoint
CREATE INDEX `units_on_offer` ON `units` (`company_id`,`property_id`,`status`,`bedrooms`,`rent`);--> statement-breakpoint
CREATE TABLE `status_breaches` (
	`company_id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`clock_id` integer NOT NULL,
	`deadline` integer NOT NULL,
	`property_id` text NOT NULL,
	`status` text NOT NULL,
	PRIMARY KEY(`company_id`, `entity_type`, `entity_id`, `clock_id`, `deadline`)
);
--> statement-breakpoint
CREATE INDEX `status_breaches_by_time` ON `status_breaches` (`company_id`,`deadline`);--> statement-breakpoint
CREATE INDEX `status_breaches_by_property` ON `status_breaches` (`company_id`,`property_id`,`deadline`);--> statement-breakpoint
CREATE TABLE `status_daily` (
	`company_id` text NOT NULL,
	`day` text NOT NULL,
	`entity_type` text NOT NULL,
	`property_id` text NOT NULL,
	`status` text NOT NULL,
	`entries` integer NOT NULL,
	`exits` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`met` integer NOT NULL,
	`missed` integer NOT NULL,
	`breaches` integer NOT NULL,
	PRIMARY KEY(`company_id`, `day`, `entity_type`, `property_id`, `status`)
);
--> statement-breakpoint
CREATE TABLE `status_daily_actors` (
	`company_id` text NOT NULL,
	`day` text NOT NULL,
	`entity_type` text NOT NULL,
	`property_id` text NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text NOT NULL,
	`entries` integer NOT NULL,
	`exits` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`met` integer NOT NULL,
	`missed` integer NOT NULL,
	PRIMARY KEY(`company_id`, `day`, `entity_type`, `property_id`, `actor`)
);
--> statement-breakpoint
CREATE TABLE `status_daily_entities` (
	`company_id` text NOT NULL,
	`day` text NOT NULL,
	`entity_type` text NOT NULL,
	`property_id` text NOT NULL,
	`previous_day` text NOT NULL,
	`entities` integer NOT NULL,
	PRIMARY KEY(`company_id`, `day`, `entity_type`, `property_id`, `previous_day`)
);
--> statement-breakpoint
CREATE TABLE `status_entity_days` (
	`company_id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`day` text NOT NULL,
	`property_id` text NOT NULL,
	PRIMARY KEY(`company_id`, `entity_type`, `entity_id`, `day`)
);
--> statement-breakpoint
CREATE INDEX `status_entity_days_by_day` ON `status_entity_days` (`company_id`,`day`);--> statement-breakpoint
CREATE TABLE `business_calendar_versions` (
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`version` integer NOT NULL,
	`time_zone` text NOT NULL,
	`hours` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_name` text NOT NULL,
	PRIMARY KEY(`company_id`, `property_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `business_calendars` (
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`version` integer NOT NULL,
	`time_zone` text NOT NULL,
	`hours` text NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	PRIMARY KEY(`company_id`, `property_id`)
);
--> statement-breakpoint
CREATE TABLE `status_approvals` (
	`company_id` text NOT NULL,
	`id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`entity_id_kind` text NOT NULL,
	`property_id` text,
	`from_status` text,
	`to_status` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`business_context` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_by_name` text NOT NULL,
	`requested_at` integer NOT NULL,
	`decided_by` text,
	`decided_by_name` text,
	`decided_at` integer,
	`decision_reason` text,
	`transition_id` text,
	PRIMARY KEY(`company_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `status_approvals_by_status` ON `status_approvals` (`company_id`,`status`,`requested_at`,`id`);--> statement-breakpoint
CREATE INDEX `status_approvals_by_entity` ON `status_approvals` (`company_id`,`entity_type`,`entity_id`);--> statement-breakpoint
CREATE TABLE `status_entities` (
	`company_id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`entity_id_kind` text NOT NULL,
	`property_id` text,
	`owner_id` text,
	`workflow_id` text NOT NULL,
	`workflow_version` integer NOT NULL,
	`workflow_name` text NOT NULL,
	`current_status` text NOT NULL,
	`status_label` text NOT NULL,
	`status_color` text NOT NULL,
	`is_final` integer NOT NULL,
	`status_since` integer NOT NULL,
	`sla_deadline` integer,
	`is_overdue` integer NOT NULL,
	`paused` integer NOT NULL,
	`warning_hours` real NOT NULL,
	`critical_hours` real NOT NULL,
	`priority` text,
	`entity_details` text NOT NULL,
	`version` integer NOT NULL,
	`seq` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`archived_at` integer,
	PRIMARY KEY(`company_id`, `entity_type`, `entity_id`)
);
--> statement-breakpoint
CREATE INDEX `status_entities_by_clock` ON `status_entities` (`company_id`,`is_overdue`,`sla_deadline`) WHERE "status_entities"."sla_deadline" is not null;--> statement-breakpoint
CREATE INDEX `status_entities_by_status` ON `status_entities` (`company_id`,`entity_type`,`current_status`,`status_since`,`entity_id`);--> statement-breakpoint
CREATE INDEX `status_entities_by_property` ON `status_entities` (`company_id`,`property_id`,`entity_type`,`current_status`);--> statement-breakpoint
CREATE INDEX `status_entities_due` ON `status_entities` (`sla_deadline`) WHERE "status_entities"."is_overdue" = 0 and "status_entities"."sla_deadline" is not null;--> statement-breakpoint
CREATE INDEX `status_entities_by_workflow` ON `status_entities` (`company_id`,`workflow_id`,`workflow_version`,`entity_id`,`current_status`) WHERE "status_entities"."archived_at" is null;--> statement-breakpoint
CREATE TABLE `status_events` (
	`company_id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`id` text NOT NULL,
	`event` text NOT NULL,
	`property_id` text,
	`status` text NOT NULL,
	`at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`company_id`, `entity_type`, `entity_id`, `sequence`)
);
--> statement-breakpoint
CREATE INDEX `status_events_by_time` ON `status_events` (`company_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `status_migrations` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`workflow_id` text NOT NULL,
	`to_workflow_id` text NOT NULL,
	`to_version` integer NOT NULL,
	`mapping` text NOT NULL,
	`total` integer NOT NULL,
	`migrated` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`failures` text NOT NULL,
	`after` text DEFAULT '' NOT NULL,
	`created_by` text NOT NULL,
	`created_by_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `status_migrations_by_workflow` ON `status_migrations` (`company_id`,`workflow_id`,`id`);--> statement-breakpoint
CREATE TABLE `status_transitions` (
	`company_id` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`seq` integer NOT NULL,
	`transition_id` text NOT NULL,
	`property_id` text,
	`workflow_id` text NOT NULL,
	`workflow_version` integer NOT NULL,
	`kind` text NOT NULL,
	`from_status` text,
	`to_status` text NOT NULL,
	`at` integer NOT NULL,
	`reason` text,
	`actor_id` text NOT NULL,
	`actor_name` text NOT NULL,
	`component` text,
	`approved_by` text,
	`priority` text,
	`duration_ms` integer,
	`is_milestone` integer NOT NULL,
	`sla_deadline` integer,
	`ended_deadline` integer,
	`ended_met` integer,
	`ended_status` text,
	`business_context` text NOT NULL,
	`metadata` text NOT NULL,
	PRIMARY KEY(`company_id`, `entity_type`, `entity_id`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `status_transitions_by_time` ON `status_transitions` (`company_id`,`at`);--> statement-breakpoint
CREATE INDEX `status_transitions_by_type` ON `status_transitions` (`company_id`,`entity_type`,`at`);--> statement-breakpoint
CREATE INDEX `status_transitions_of_leads` ON `status_transitions` (`company_id`,`property_id`,`at`) WHERE "status_transitions"."entity_type" = 'lead' and "status_transitions"."kind" = 'change';--> statement-breakpoint
CREATE TABLE `status_workflows` (
	`company_id` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`entity_type` text NOT NULL,
	`name` text NOT NULL,
	`is_default` integer NOT NULL,
	`is_active` integer NOT NULL,
	`definition` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`company_id`, `id`, `version`)
);
--> statement-breakpoint
CREATE INDEX `status_workflows_by_type` ON `status_workflows` (`company_id`,`entity_type`,`is_active`);--> statement-breakpoint
CREATE UNIQUE INDEX `status_workflows_by_name` ON `status_workflows` (`company_id`,`entity_type`,lower("name")) WHERE "status_workflows"."is_active" = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `status_workflows_default` ON `status_workflows` (`company_id`,`entity_type`) WHERE "status_workflows"."is_active" = 1 and "status_workflows"."is_default" = 1;--> statement-breakpoint
CREATE TABLE `tours` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`property_id` text NOT NULL,
	`conversation_id` text,
	`lead_id` text,
	`user_id` text,
	`property_manager_id` text,
	`prospect_name` text NOT NULL,
	`prospect_email` text,
	`prospect_phone` text,
	`unit_interest` text,
	`unit_preferences` text,
	`special_requests` text,
	`tour_datetime` integer NOT NULL,
	`duration_minutes` integer NOT NULL,
	`buffer_before_minutes` integer NOT NULL,
	`buffer_after_minutes` integer NOT NULL,
	`staffed` integer NOT NULL,
	`tour_type` text NOT NULL,
	`status` text NOT NULL,
	`source` text NOT NULL,
	`outcome` text,
	`staff_notes` text,
	`cancel_reason` text,
	`resman_event_id` text,
	`resman_pushed_version` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `tours_by_time` ON `tours` (`company_id`,`tour_datetime`,`id`);--> statement-breakpoint
CREATE INDEX `tours_by_property` ON `tours` (`company_id`,`property_id`,`tour_datetime`,`id`);--> statement-breakpoint
CREATE INDEX `tours_by_manager` ON `tours` (`company_id`,`property_manager_id`,`tour_datetime`);--> statement-breakpoint
CREATE INDEX `tours_by_lead` ON `tours` (`company_id`,`lead_id`,`tour_datetime`);--> statement-breakpoint
CREATE INDEX `tours_by_user` ON `tours` (`company_id`,`user_id`,`tour_datetime`);--> statement-breakpoint
CREATE INDEX `tours_by_conversation` ON `tours` (`company_id`,`conversation_id`);--> statement-breakpoint
CREATE TABLE `user_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`user_id` text NOT NULL,
	`property_id` text NOT NULL,
	`started_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`page_url` text,
	`referrer` text,
	`user_agent` text,
	`origin` text
);
--> statement-breakpoint
CREATE INDEX `user_sessions_by_user` ON `user_sessions` (`company_id`,`user_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `user_sessions_by_property` ON `user_sessions` (`company_id`,`property_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`contact_id` text,
	`first_name` text,
	`last_name` text,
	`email` text,
	`phone` text,
	`age` integer,
	`lead_source` text,
	`hubspot_contact_id` text,
	`browser_id` text,
	`session_count` integer DEFAULT 0 NOT NULL,
	`last_seen` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_browser` ON `users` (`company_id`,`browser_id`) WHERE "users"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `users_by_created` ON `users` (`company_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `users_by_email` ON `users` (`company_id`,`email`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `users_by_phone` ON `users` (`company_id`,`phone`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `users_by_contact` ON `users` (`company_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `status_webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`url` text NOT NULL,
	`description` text,
	`events` text NOT NULL,
	`entity_types` text NOT NULL,
	`status_filters` text NOT NULL,
	`property_ids` text NOT NULL,
	`header_hints` text NOT NULL,
	`headers_key_id` text,
	`headers_ciphertext` text,
	`max_per_second` integer,
	`is_active` integer NOT NULL,
	`disabled_at` integer,
	`disabled_reason` text,
	`failing_since` integer,
	`failing_message_id` text,
	`failing_told` integer DEFAULT false NOT NULL,
	`created_by` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `status_webhooks_by_company` ON `status_webhooks` (`company_id`,`id`) WHERE "status_webhooks"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `webhook_attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`webhook_id` text NOT NULL,
	`delivery_id` text NOT NULL,
	`trigger` text NOT NULL,
	`url` text NOT NULL,
	`status_code` integer,
	`error` text,
	`response` text,
	`latency_ms` integer NOT NULL,
	`attempted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhook_attempts_by_delivery` ON `webhook_attempts` (`company_id`,`webhook_id`,`delivery_id`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_attempts_by_age` ON `webhook_attempts` (`attempted_at`);--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`company_id` text NOT NULL,
	`webhook_id` text NOT NULL,
	`id` text NOT NULL,
	`event` text NOT NULL,
	`entity_type` text NOT NULL,
	`entity_id` text NOT NULL,
	`property_id` text,
	`sequence` integer NOT NULL,
	`body` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`outbox_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`delivered_at` integer,
	PRIMARY KEY(`company_id`, `id`, `webhook_id`)
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_time` ON `webhook_deliveries` (`company_id`,`webhook_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_status` ON `webhook_deliveries` (`company_id`,`webhook_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_entity` ON `webhook_deliveries` (`company_id`,`webhook_id`,`entity_type`,`entity_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_age` ON `webhook_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `webhook_secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`company_id` text NOT NULL,
	`webhook_id` text NOT NULL,
	`key_id` text NOT NULL,
	`ciphertext` text NOT NULL,
	`last_four` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE INDEX `webhook_secrets_by_webhook` ON `webhook_secrets` (`company_id`,`webhook_id`,`id`);