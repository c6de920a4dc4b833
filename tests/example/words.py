"""The vocabulary of the example hospital: national codes and made-up local names."""

RTT = [
    ("10", "First activity in a referral to treatment period"),
    ("11", "Active monitoring end"),
    ("12", "Consultant referral for a new condition"),
    ("20", "Subsequent activity, further activity anticipated"),
    ("21", "Transfer to another health care provider"),
    ("30", "Start of first definitive treatment"),
    ("31", "Start of active monitoring initiated by the patient"),
    ("32", "Start of active monitoring initiated by the care professional"),
    ("33", "Failure to attend the first activity"),
    ("34", "Decision not to treat"),
    ("35", "Patient declined offered treatment"),
    ("36", "Patient died before treatment"),
    ("90", "After treatment, not part of a period"),
    ("91", "During active monitoring, not part of a period"),
    ("92", "Not yet referred, diagnostics for the GP"),
    ("98", "Not applicable to referral to treatment"),
    ("99", "Not yet known"),
]
OUTCOMES = [
    ("1", "Discharged from consultant's care"),
    ("2", "Another appointment given"),
    ("3", "Appointment to be made at a later date"),
]
ATTENDED = [
    ("5", "Attended on time"),
    ("6", "Arrived late, seen"),
    ("7", "Arrived late, could not be seen"),
    ("2", "Cancelled by, or on behalf of, the patient"),
    ("3", "Did not attend, no advance warning"),
    ("4", "Cancelled or postponed by the provider"),
    ("0", "Not applicable, appointment in the future"),
]
FIRST_ATTENDANCE = [
    ("1", "First attendance face to face"),
    ("2", "Follow-up attendance face to face"),
    ("3", "First telephone or telemedicine consultation"),
    ("4", "Follow-up telephone or telemedicine consultation"),
    ("5", "Referral to treatment clock stop administrative event"),
]
# code, name, prefix of clinic codes (None: no clinics here)
SPECIALTIES = [
    ("100", "General Surgery", "GSU"), ("101", "Urology", "URO"), ("102", "Transplant Surgery", None),
    ("103", "Breast Surgery", "BRE"), ("104", "Colorectal Surgery", "COL"), ("106", "Upper Gastrointestinal Surgery", "UGI"),
    ("107", "Vascular Surgery", "VAS"), ("108", "Spinal Surgery", None), ("110", "Trauma and Orthopaedic", "ORT"),
    ("111", "Orthopaedic", None), ("115", "Trauma Surgery", None), ("120", "Ear Nose and Throat", "ENT"),
    ("130", "Ophthalmology", "OPH"), ("140", "Oral Surgery", "ORA"), ("143", "Orthodontic", "ODO"),
    ("144", "Maxillofacial Surgery", "MAX"), ("150", "Neurosurgical", None), ("160", "Plastic Surgery", "PLA"),
    ("170", "Cardiothoracic Surgery", None), ("180", "Emergency Medicine", None), ("190", "Anaesthetic", "ANA"),
    ("191", "Pain Management", "PAI"), ("192", "Intensive Care Medicine", None), ("300", "General Internal Medicine", "GIM"),
    ("301", "Gastroenterology", "GAS"), ("302", "Endocrinology and Diabetes", "END"), ("303", "Clinical Haematology", "HAE"),
    ("315", "Palliative Medicine", "PAL"), ("320", "Cardiology", "CAR"), ("330", "Dermatology", "DER"),
    ("340", "Respiratory Medicine", "RES"), ("350", "Infectious Diseases", None), ("361", "Renal Medicine", "REN"),
    ("400", "Neurology", "NEU"), ("410", "Rheumatology", "RHE"), ("420", "Paediatric", "PAE"),
    ("430", "Elderly Medicine", "ELD"), ("501", "Obstetrics", "OBS"), ("502", "Gynaecology", "GYN"),
    ("650", "Physiotherapy", "PHY"),
]
# Names with letters outside ASCII: the clinics extract is Windows-1252.
SPECIAL_CLINICS = {
    "ENT": "Ménière’s disease",
    "RHE": "Sjögren’s syndrome",
    "NEU": "Guillain-Barré follow-up",
    "HAE": "von Willebrand – joint",
}
CLINIC_THEMES = ["New referrals", "Follow-up", "Rapid access", "Nurse-led", "Telephone review", "Pre-assessment", "Joint clinic"]

SITES = [
    ("XRG", "Riverside General Hospital NHS Trust (synthetic)", "trust", None),
    ("XRG01", "Riverside General", "site", "XRG"),
    ("XRG02", "Millbrook Community Hospital", "site", "XRG"),
    ("XRG03", "Castle Street Outpatient Centre", "site", "XRG"),
    ("XRG04", "Northfield Day Hospital", "site", "XRG"),
]
# Two sites share one production. The products have the same names at both; what they are set to is each site's own.
SPECIFICATIONS = [
    ("Outpatient booking", "minutes of a new patient", "30", "20"), ("Outpatient booking", "minutes of a follow-up", "15", "10"),
    ("Outpatient booking", "overbooked per session", "2", "0"), ("Outpatient booking", "weeks shown", "26", "26"),
    ("Clinic letters", "printed at", "clinic", "central print room"), ("Clinic letters", "copies", "2", "1"),
    ("Clinic letters", "days before the appointment", "14", "10"), ("Case note tracking", "hours from request to clinic", "48", "72"),
    ("Case note tracking", "volumes sent", "all", "current"), ("Self check-in", "offered", "yes", "no"),
]
WARD_NAMES = [
    "Ward 1", "Ward 2", "Ward 3", "Ward 4", "Ward 5", "Ward 6", "Day Unit", "Discharge Lounge", "Endoscopy", "Therapies",
]
OUTPATIENT_PLACES = ["Outpatients 1", "Outpatients 2", "Outpatients 3", "Outpatients 4", "Consulting Suite", "Eye Clinic", "Fracture Clinic"]
SINGLE_PLACES = ["Antenatal Clinic", "Renal Unit", "Breast Unit", "Children’s Outpatients", "Audiology", "Pain Clinic", "Cardiac Investigations"]

TRACKING = [
    "Main library", "Main library sorting desk", "Off-site store", "Outpatients 1 preparation", "Outpatients 2 preparation",
    "Outpatients 3 preparation", "Clinic coding", "Cancer office", "Complaints", "Legal services", "Bereavement office",
    "Millbrook library", "Castle Street reception", "Northfield reception", "Emergency department", "Maternity records",
    "Paediatric records", "Eye clinic store", "Fracture clinic store", "Renal unit store", "Pre-assessment office",
    "Waiting list office", "Research office", "Private patients office", "Scanning bureau", "Mortuary office", "Breast unit store", "Oncology store",
    "Stroke office", "Pain clinic store", "Audiology store", "Dermatology office", "Cardiology office", "Therapies office",
    "Access to records office", "Safeguarding office",
]

# code, text, used to reschedule, cancel, record a DNA
REASONS = [
    ("CLN", "Clinician unavailable", "YY-"), ("LVE", "Clinician on leave", "YY-"), ("SIC", "Clinician sickness", "YY-"),
    ("OVR", "Clinic overbooked", "Y--"), ("ROM", "Room unavailable", "YY-"), ("EQP", "Equipment failure", "YY-"),
    ("NOT", "Case notes unavailable", "Y--"), ("RES", "Results not available", "Y--"), ("TRN", "Transport not available", "Y-Y"),
    ("INT", "Interpreter not available", "Y--"), ("PTR", "Patient request", "YY-"), ("PTI", "Patient unwell", "YYY"),
    ("PTH", "Patient on holiday", "Y--"), ("PTA", "Patient admitted", "YYY"), ("MOV", "Patient moved away", "-Y-"),
    ("DEC", "Patient died", "-Y-"), ("NLR", "No longer required", "-Y-"), ("TRF", "Transferred to another provider", "-Y-"),
    ("ERR", "Booked in error", "-Y-"), ("URG", "Replaced by an urgent patient", "Y--"), ("BRK", "Breach avoidance", "Y--"),
    ("WTH", "Severe weather", "YYY"), ("NOI", "Patient not informed", "--Y"), ("WRG", "Letter to wrong address", "--Y"),
    ("UNK", "Reason not given", "--Y"),
]

APPOINTMENT_TYPES = [
    ("NEW", "New patient", 30, False), ("NEWL", "New patient, long", 45, False), ("FUP", "Follow-up", 15, False),
    ("FUPL", "Follow-up, long", 30, False), ("TEL", "Telephone consultation", 15, True), ("VID", "Video consultation", 20, True),
    ("URG", "Urgent suspected cancer", 30, False), ("PRO", "Procedure in clinic", 40, False), ("PRE", "Pre-assessment", 40, False),
    ("GRP", "Group session", 60, False), ("NUR", "Nurse-led", 20, False), ("MDT", "Multidisciplinary", 45, False),
]

ROLE_STEMS = [
    "Booking clerk", "Clinic receptionist", "Medical secretary", "Outpatient nurse", "Consultant", "Registrar", "Ward clerk",
    "Health records clerk", "Waiting list officer", "Clinical coder", "Therapist", "Pharmacist", "Radiographer",
    "Information analyst", "Clinic manager", "Data quality officer", "Switchboard operator", "Bed manager", "Research nurse", "Auditor",
]
ROLE_GRADES = ["", " (senior)", " (bank)"]
PRIVILEGES = [
    ("Book appointment", "edit"), ("Cancel appointment", "edit"), ("Reschedule appointment", "edit"), ("View clinic list", "view"),
    ("Print clinic list", "view"), ("Arrive patient", "edit"), ("Record outcome of attendance", "edit"), ("Record RTT status", "edit"),
    ("View RTT pathway", "view"), ("Edit RTT pathway", "edit"), ("Overbook session", "edit"), ("Edit session template", "edit"),
    ("View demographics", "view"), ("Edit demographics", "edit"), ("Merge records", "edit"), ("Track case notes", "edit"),
    ("Request case notes", "edit"), ("View tracking history", "view"), ("Print labels", "view"), ("Print letters", "view"),
    ("Edit letter templates", "edit"), ("Add to waiting list", "edit"), ("Remove from waiting list", "edit"), ("View waiting list", "view"),
    ("View results", "view"), ("Request tests", "edit"), ("View documents", "view"), ("Scan documents", "edit"),
    ("View alerts", "view"), ("Edit alerts", "edit"), ("Run standard reports", "view"), ("Run statutory reports", "view"),
    ("Break the glass", "edit"), ("View audit trail", "view"), ("Manage own worklist", "edit"), ("Manage team worklist", "edit"),
]

INTERFACES = [
    ("ADT-OUT-PATHOLOGY", "Pathology system", "out", "ADT^A28", "hl7-path"), ("ORM-OUT-PATHOLOGY", "Pathology system", "out", "ORM^O01", "hl7-path"),
    ("ORU-IN-PATHOLOGY", "Pathology system", "in", "ORU^R01", "hl7-path"), ("ADT-OUT-RADIOLOGY", "Radiology system", "out", "ADT^A28", "hl7-rad"),
    ("ORM-OUT-RADIOLOGY", "Radiology system", "out", "ORM^O01", "hl7-rad"), ("ORU-IN-RADIOLOGY", "Radiology system", "in", "ORU^R01", "hl7-rad"),
    ("ADT-OUT-PHARMACY", "Pharmacy stock control", "out", "ADT^A08", "hl7-pharm"), ("RDE-OUT-PHARMACY", "Pharmacy stock control", "out", "RDE^O11", "hl7-pharm"),
    ("SIU-OUT-CHECKIN", "Self check-in kiosks", "out", "SIU^S12", "kiosk"), ("SIU-IN-ERS", "Electronic referrals", "in", "SIU^S12", "ers"),
    ("REF-IN-ERS", "Electronic referrals", "in", "REF^I12", "ers"), ("MDM-OUT-GP", "Letters to practices", "out", "MDM^T02", "letters"),
    ("PDS-LOOKUP", "National demographics", "out", "QBP^Q22", "pds"), ("ADT-OUT-MATERNITY", "Maternity system", "out", "ADT^A28", "maternity"),
    ("ADT-OUT-THEATRES", "Theatres system", "out", "ADT^A28", "theatres"), ("DFT-OUT-COSTING", "Costing system", "out", "DFT^P03", "costing"),
    ("SIU-OUT-REMINDER", "Text reminders", "out", "SIU^S12", "reminder"), ("MDM-IN-SCANNING", "Scanning bureau", "in", "MDM^T02", "scanning"),
]

COMPONENTS = [
    ("core", "2026.3", "2026.3.118"), ("outpatients", "2026.3", "2026.3.97"), ("waiting-lists", "2026.3", "2026.3.40"),
    ("case-note-tracking", "2026.2", "2026.2.12"), ("rtt-pathways", "2026.3", "2026.3.31"), ("letters", "2026.1", "2026.1.77"),
    ("clinical-coding", "2026.2", "2026.2.5"), ("results-viewer", "2026.3", "2026.3.64"), ("order-entry", "2026.3", "2026.3.88"),
    ("interfaces-engine", "2025.4", "2025.4.203"), ("reporting", "2026.3", "2026.3.19"), ("access-control", "2026.3", "2026.3.52"),
]

LETTERS = [
    ("APPT-NEW", "New appointment"), ("APPT-FUP", "Follow-up appointment"), ("APPT-TEL", "Telephone appointment"),
    ("APPT-VID", "Video appointment"), ("APPT-CHG", "Change of appointment"), ("APPT-CAN", "Cancellation"),
    ("APPT-DNA", "Did not attend"), ("APPT-REM", "Reminder"), ("APPT-PRE", "Pre-assessment"), ("APPT-PRO", "Procedure in clinic"),
    ("APPT-URG", "Urgent suspected cancer"), ("APPT-PAE", "Children’s appointment"), ("GP-OUT", "Outcome to practice"),
    ("GP-DIS", "Discharge to practice"),
]

SCREENS = {
    "outpatients": [
        "new-referral", "referral-triage", "book-appointment", "reschedule-appointment", "cancel-appointment", "arrive-patient",
        "outpatient-outcome", "clinic-list", "clinic-cancellation", "overbooking-request", "telephone-clinic", "video-clinic",
    ],
    "waiting-lists": ["add-to-list", "list-review", "remove-from-list", "offer-of-admission", "rtt-pathway", "rtt-validation", "breach-reason"],
    "records": ["track-case-notes", "request-case-notes", "create-volume", "merge-records", "scan-documents", "retention-review"],
    "registration": ["register-patient", "edit-demographics", "next-of-kin", "alerts", "interpreter-request", "transport-request", "overseas-visitor"],
    "clinical": ["clinic-letter", "order-tests", "results-review", "allergies", "procedure-in-clinic", "pre-assessment", "discharge-from-clinic", "mdt-outcome"],
}

# code, label, type, code set
FIELDS = {
    "Referral": [
        ("referral_date", "Referral date received", "date", None), ("referral_source", "Referral source", "code", "REFERRAL_SOURCE"),
        ("referrer", "Referrer", "lookup", None), ("referring_practice", "Referring practice", "lookup", None),
        ("priority", "Priority", "code", "PRIORITY"), ("ubrn", "Unique booking reference", "text", None),
        ("referral_reason", "Reason for referral", "text", None), ("referral_letter", "Referral letter received", "boolean", None),
        ("specialty", "Treatment function", "code", "TREATMENT_FUNCTION"), ("two_week_wait", "Urgent suspected cancer", "boolean", None),
    ],
    "Appointment": [
        ("clinic", "Clinic", "lookup", None), ("session", "Session", "lookup", None), ("appointment_date", "Appointment date", "date", None),
        ("appointment_time", "Appointment time", "time", None), ("appointment_type", "Appointment type", "code", "APPOINTMENT_TYPE"),
        ("duration", "Duration in minutes", "number", None), ("first_attendance", "First attendance", "code", "FIRST_ATTENDANCE"),
        ("letter_template", "Letter", "lookup", None), ("transport_needed", "Transport needed", "boolean", None),
        ("interpreter_needed", "Interpreter needed", "boolean", None), ("reasonable_adjustment", "Reasonable adjustment", "text", None),
        ("contact_consent", "May be contacted by text", "boolean", None),
    ],
    "Outcome": [
        ("attended", "Attended or did not attend", "code", "ATTENDED"), ("outcome", "Outcome of attendance", "code", "OUTCOME_OF_ATTENDANCE"),
        ("rtt_status", "RTT period status", "code", "RTT"), ("rtt_start_date", "RTT period start", "date", None),
        ("rtt_end_date", "RTT period end", "date", None), ("pathway_id", "Pathway identifier", "text", None),
        ("pathway_issuer", "Organisation that issued the pathway", "lookup", None), ("follow_up_weeks", "Follow-up in weeks", "number", None),
        ("cancel_reason", "Reason", "code", "CANCEL_REASON"), ("reschedule_reason", "Reason for rescheduling", "code", "RESCHEDULE_REASON"),
        ("procedure_done", "Procedure carried out", "code", "PROCEDURE"),
    ],
    "Records": [
        ("volume", "Volume", "number", None), ("tracking_location", "Tracking location", "code", "TRACKING_LOCATION"),
        ("borrower", "Borrower", "lookup", None), ("date_required", "Date required", "date", None), ("return_date", "Return date", "date", None),
        ("barcode", "Barcode", "text", None), ("temporary_folder", "Temporary folder", "boolean", None), ("scanned", "Scanned", "boolean", None),
    ],
    "Clinical": [
        ("clinician", "Responsible clinician", "lookup", None), ("presenting_problem", "Presenting problem", "text", None),
        ("allergy_checked", "Allergies checked", "boolean", None), ("allergy_reaction", "Reaction", "code", "ALLERGY_REACTION"),
        ("test_requested", "Test requested", "code", "PATHOLOGY_TEST"), ("imaging_requested", "Imaging requested", "code", "IMAGING"),
        ("plan", "Plan", "text", None), ("height_cm", "Height in cm", "number", None), ("weight_kg", "Weight in kg", "number", None),
        ("smoking_status", "Smoking status", "code", "SMOKING_STATUS"), ("copy_to_patient", "Copy letter to patient", "boolean", None),
    ],
    "Administration": [
        ("site", "Site", "lookup", None), ("ward", "Ward", "lookup", None), ("commissioner", "Commissioner", "lookup", None),
        ("overseas_status", "Overseas visitor status", "code", "OVERSEAS_STATUS"), ("religion", "Religion", "code", "RELIGION"),
        ("language", "Preferred language", "code", "LANGUAGE"), ("entered_by", "Entered by", "lookup", None),
        ("entered_at", "Entered at", "datetime", None), ("comments", "Comments", "text", None), ("confidential", "Confidential", "boolean", None),
    ],
}

# Local code sets: a list of values, or lists that are combined.
LOCAL_SETS = {
    "REFERRAL_SOURCE": ["General practitioner", "Consultant, same hospital", "Consultant, other hospital", "Emergency department", "Dentist", "Optometrist", "Self referral", "Midwife", "Screening programme", "Community nurse", "Prison health", "Occupational health"],
    "PRIORITY": ["Routine", "Urgent", "Urgent suspected cancer", "Planned"],
    "SMOKING_STATUS": ["Current smoker", "Former smoker", "Never smoked", "Not asked"],
    "OVERSEAS_STATUS": ["Exempt", "Liable, charged in advance", "Liable, reciprocal agreement", "Not yet determined", "Ordinarily resident"],
    "RELIGION": ["Buddhist", "Christian", "Hindu", "Jewish", "Muslim", "Sikh", "None", "Other", "Declined to answer"],
    "LANGUAGE": ["Albanian", "Amharic", "Arabic", "Bengali", "British Sign Language", "Bulgarian", "Cantonese", "Czech", "Dari", "Dutch", "English", "Farsi", "Français", "German", "Greek", "Gujarati", "Hindi", "Hungarian", "Italian", "Kurdish", "Latvian", "Lithuanian", "Makaton", "Mandarin", "Nepali", "Pashto", "Polish", "Português", "Punjabi", "Romanian", "Russian", "Slovak", "Somali", "Spanish", "Swahili", "Tamil", "Tigrinya", "Turkish", "Ukrainian", "Urdu", "Vietnamese", "Welsh", "Yoruba"],
    "ALLERGY_REACTION": [["Mild", "Moderate", "Severe"], ["rash", "itching", "swelling", "wheeze", "vomiting", "dizziness", "collapse", "blistering"]],
    "IMAGING": [["X-ray", "CT", "MRI", "Ultrasound", "Fluoroscopy"], ["ankle", "elbow", "foot", "hand", "hip", "knee", "shoulder", "wrist", "abdomen", "chest", "head", "neck", "pelvis", "spine"], ["left", "right", "both sides", "with contrast"]],
    "PATHOLOGY_TEST": [["Full blood count", "Urea and electrolytes", "Liver profile", "Bone profile", "Thyroid profile", "C-reactive protein", "Ferritin", "Vitamin D", "Glucose", "HbA1c", "Lipid profile", "Coagulation screen", "Blood culture", "Urine culture", "Wound swab", "Throat swab", "Cortisol", "Prolactin", "Troponin", "Lactate"], ["venous", "capillary", "fasting", "timed", "repeat", "urgent"]],
    "PROCEDURE": [["Injection of", "Aspiration of", "Biopsy of", "Excision of lesion of", "Dressing of", "Ultrasound-guided injection of"], ["ankle", "elbow", "finger", "hip", "knee", "shoulder", "wrist", "scalp", "ear", "eyelid", "lip", "nose", "back", "breast", "foot", "neck"], ["", "under local anaesthetic", "by nurse"]],
    "EQUIPMENT": [["Portable", "Fixed", "Loan"], ["hoist", "bed scale", "wheelchair", "suction unit", "infusion pump", "monitor", "slit lamp", "otoscope", "spirometer", "camera"]],
    "DRESSING": [["Small", "Medium", "Large"], ["foam", "film", "alginate", "hydrocolloid", "gauze", "silver", "honey", "silicone"], ["adhesive", "non-adhesive"]],
    "TRANSPORT_NEED": [["Walker", "Wheelchair", "Stretcher", "Bariatric"], ["alone", "with escort", "with oxygen", "with nurse"]],
    "DOCUMENT_TYPE": [["Clinic", "Discharge", "Referral", "Consent", "Test", "Theatre", "Nursing", "Therapy", "Social care"], ["letter", "form", "report", "chart", "image"], ["", "from elsewhere", "scanned"]],
    "ALERT_TYPE": [["Risk of", "History of", "Under review for"], ["falls", "infection", "wandering", "aggression", "pressure damage", "latex allergy", "difficult airway", "bleeding"]],
    "DIET": [["Normal", "Soft", "Puréed", "Minced", "Liquid"], ["", "diabetic", "low salt", "gluten free", "renal", "vegan", "halal", "kosher"]],
    "BREACH_REASON": [["Capacity", "Diagnostics", "Patient choice", "Complex pathway", "Administrative error", "Late referral"], ["first appointment", "follow-up", "admission", "treatment"]],
    "CLINIC_NOTE_TYPE": [["Initial", "Progress", "Final", "Telephone", "Group"], ["medical note", "nursing note", "therapy note", "dietetic note", "pharmacy note", "social work note"]],
    "CLINICAL_FINDING": [["Mild", "Moderate", "Severe", "Suspected", "Resolved"], ["anaemia", "arthritis", "asthma", "back pain", "bursitis", "cataract", "cellulitis", "cough", "dizziness", "dysphagia", "eczema", "fatigue", "glaucoma", "headache", "hernia", "hypertension", "hypothyroidism", "neuropathy", "osteoporosis", "palpitations", "psoriasis", "sinusitis", "tinnitus", "urticaria"], ["", "acute", "chronic"]],
    "WORKLIST_TASK": [["Book", "Chase", "Check", "Print", "Send", "Review", "Validate", "Escalate"], ["referral", "clinic letter", "test result", "pathway", "case notes", "transport", "interpreter", "consent form", "waiting list entry", "outcome form", "discharge summary", "pre-assessment"], ["", "today", "this week"]],
    "REFERRAL_SUBTYPE": [["First", "Second opinion", "Transfer", "Re-referral", "Advice only", "Screening", "Urgent", "Tertiary"], ["adult", "child", "maternity", "cancer", "diabetes", "stroke", "pain", "falls", "memory", "vision", "hearing", "speech", "mobility", "skin", "heart", "lung", "kidney", "liver", "joint", "spine"]],
}
