-- A database in the layout of version 0.1 (layout 3): the bulletins of May 2002 and December 2009, three watches, and the
-- marks of the alerts that were sent to them.
BEGIN TRANSACTION;
CREATE TABLE cut_off (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    chart TEXT NOT NULL,
    month TEXT NOT NULL,
    value TEXT,
    raw_category TEXT NOT NULL,
    raw_area TEXT NOT NULL,
    raw_value TEXT NOT NULL,
    host TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (category, area, chart, month)
) WITHOUT ROWID;
INSERT INTO cut_off VALUES('EB1','ALL','final_action','2002-05','C','1st','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','ALL','final_action','2009-12','C','1st','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','CHINA','final_action','2009-12','C','1st','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','INDIA','final_action','2002-05','C','1st','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','INDIA','final_action','2009-12','C','1st','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','MEXICO','final_action','2002-05','C','1st','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','MEXICO','final_action','2009-12','C','1st','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','PHILIPPINES','final_action','2002-05','C','1st','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB1','PHILIPPINES','final_action','2009-12','C','1st','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','ALL','final_action','2002-05','C','2nd','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','ALL','final_action','2009-12','C','2nd','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','CHINA','final_action','2009-12','2005-04-01','2nd','CHINA- mainland born','01APR05','by hand',1);
INSERT INTO cut_off VALUES('EB2','INDIA','final_action','2002-05','C','2nd','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','INDIA','final_action','2009-12','2005-01-22','2nd','INDIA','22JAN05','by hand',1);
INSERT INTO cut_off VALUES('EB2','MEXICO','final_action','2002-05','C','2nd','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','MEXICO','final_action','2009-12','C','2nd','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','PHILIPPINES','final_action','2002-05','C','2nd','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB2','PHILIPPINES','final_action','2009-12','C','2nd','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB3','ALL','final_action','2002-05','C','3rd','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB3','ALL','final_action','2009-12','2002-06-01','3rd','All Chargeability Areas Except Those Listed','01JUN02','by hand',1);
INSERT INTO cut_off VALUES('EB3','CHINA','final_action','2009-12','2002-06-01','3rd','CHINA- mainland born','01JUN02','by hand',1);
INSERT INTO cut_off VALUES('EB3','INDIA','final_action','2002-05','C','3rd','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB3','INDIA','final_action','2009-12','2001-05-01','3rd','INDIA','01MAY01','by hand',1);
INSERT INTO cut_off VALUES('EB3','MEXICO','final_action','2002-05','C','3rd','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB3','MEXICO','final_action','2009-12','2002-06-01','3rd','MEXICO','01JUN02','by hand',1);
INSERT INTO cut_off VALUES('EB3','PHILIPPINES','final_action','2002-05','C','3rd','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB3','PHILIPPINES','final_action','2009-12','2002-06-01','3rd','PHILIPPINES','01JUN02','by hand',1);
INSERT INTO cut_off VALUES('EB4','ALL','final_action','2002-05','C','4th','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','ALL','final_action','2009-12','C','4th','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','CHINA','final_action','2009-12','C','4th','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','INDIA','final_action','2002-05','C','4th','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','INDIA','final_action','2009-12','C','4th','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','MEXICO','final_action','2002-05','C','4th','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','MEXICO','final_action','2009-12','C','4th','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','PHILIPPINES','final_action','2002-05','C','4th','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB4','PHILIPPINES','final_action','2009-12','C','4th','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','ALL','final_action','2002-05','C','5th','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','ALL','final_action','2009-12','C','5th','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','CHINA','final_action','2009-12','C','5th','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','INDIA','final_action','2002-05','C','5th','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','INDIA','final_action','2009-12','C','5th','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','MEXICO','final_action','2002-05','C','5th','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','MEXICO','final_action','2009-12','C','5th','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','PHILIPPINES','final_action','2002-05','C','5th','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB5','PHILIPPINES','final_action','2009-12','C','5th','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_PILOT','ALL','final_action','2009-12','C','5th Pilot Programs','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_PILOT','CHINA','final_action','2009-12','C','5th Pilot Programs','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_PILOT','INDIA','final_action','2009-12','C','5th Pilot Programs','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_PILOT','MEXICO','final_action','2009-12','C','5th Pilot Programs','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_PILOT','PHILIPPINES','final_action','2009-12','C','5th Pilot Programs','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','ALL','final_action','2002-05','C','Targeted Employment Areas/Regional Centers','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','ALL','final_action','2009-12','C','Targeted Employment Areas/ Regional Centers','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','CHINA','final_action','2009-12','C','Targeted Employment Areas/ Regional Centers','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','INDIA','final_action','2002-05','C','Targeted Employment Areas/Regional Centers','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','INDIA','final_action','2009-12','C','Targeted Employment Areas/ Regional Centers','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','MEXICO','final_action','2002-05','C','Targeted Employment Areas/Regional Centers','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','MEXICO','final_action','2009-12','C','Targeted Employment Areas/ Regional Centers','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','PHILIPPINES','final_action','2002-05','C','Targeted Employment Areas/Regional Centers','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EB5_TEA','PHILIPPINES','final_action','2009-12','C','Targeted Employment Areas/ Regional Centers','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EW','ALL','final_action','2002-05','C','Other Workers','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('EW','ALL','final_action','2009-12','2001-06-01','Other Workers','All Chargeability Areas Except Those Listed','01JUN01','by hand',1);
INSERT INTO cut_off VALUES('EW','CHINA','final_action','2009-12','2001-06-01','Other Workers','CHINA- mainland born','01JUN01','by hand',1);
INSERT INTO cut_off VALUES('EW','INDIA','final_action','2002-05','C','Other Workers','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('EW','INDIA','final_action','2009-12','2001-05-01','Other Workers','INDIA','01MAY01','by hand',1);
INSERT INTO cut_off VALUES('EW','MEXICO','final_action','2002-05','C','Other Workers','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('EW','MEXICO','final_action','2009-12','2001-06-01','Other Workers','MEXICO','01JUN01','by hand',1);
INSERT INTO cut_off VALUES('EW','PHILIPPINES','final_action','2002-05','C','Other Workers','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('EW','PHILIPPINES','final_action','2009-12','2001-06-01','Other Workers','PHILIPPINES','01JUN01','by hand',1);
INSERT INTO cut_off VALUES('F1','ALL','final_action','2002-05','1999-03-01','1st','All Chargeability Areas Except Those Listed','01MAR99','by hand',1);
INSERT INTO cut_off VALUES('F1','ALL','final_action','2009-12','2004-01-22','1st','All Chargeability Areas Except Those Listed','22JAN04','by hand',1);
INSERT INTO cut_off VALUES('F1','CHINA','final_action','2009-12','2004-01-22','1st','CHINA- mainland born','22JAN04','by hand',1);
INSERT INTO cut_off VALUES('F1','INDIA','final_action','2002-05','1999-03-01','1st','INDIA','01MAR99','by hand',1);
INSERT INTO cut_off VALUES('F1','INDIA','final_action','2009-12','2004-01-22','1st','INDIA','22JAN04','by hand',1);
INSERT INTO cut_off VALUES('F1','MEXICO','final_action','2002-05','U','1st','MEXICO','U','by hand',1);
INSERT INTO cut_off VALUES('F1','MEXICO','final_action','2009-12','1992-08-01','1st','MEXICO','01AUG92','by hand',1);
INSERT INTO cut_off VALUES('F1','PHILIPPINES','final_action','2002-05','1989-02-01','1st','PHILIPPINES','01FEB89','by hand',1);
INSERT INTO cut_off VALUES('F1','PHILIPPINES','final_action','2009-12','1993-11-01','1st','PHILIPPINES','01NOV93','by hand',1);
INSERT INTO cut_off VALUES('F2A','ALL','final_action','2002-05','1997-01-15','2A*','All Chargeability Areas Except Those Listed','15JAN97','by hand',1);
INSERT INTO cut_off VALUES('F2A','ALL','final_action','2009-12','2005-11-01','2A','All Chargeability Areas Except Those Listed','01NOV05','by hand',1);
INSERT INTO cut_off VALUES('F2A','CHINA','final_action','2009-12','2005-11-01','2A','CHINA- mainland born','01NOV05','by hand',1);
INSERT INTO cut_off VALUES('F2A','INDIA','final_action','2002-05','1997-01-15','2A*','INDIA','15JAN97','by hand',1);
INSERT INTO cut_off VALUES('F2A','INDIA','final_action','2009-12','2005-11-01','2A','INDIA','01NOV05','by hand',1);
INSERT INTO cut_off VALUES('F2A','MEXICO','final_action','2002-05','1994-10-22','2A*','MEXICO','22OCT94','by hand',1);
INSERT INTO cut_off VALUES('F2A','MEXICO','final_action','2009-12','2003-10-01','2A','MEXICO','01OCT03','by hand',1);
INSERT INTO cut_off VALUES('F2A','PHILIPPINES','final_action','2002-05','1997-01-15','2A*','PHILIPPINES','15JAN97','by hand',1);
INSERT INTO cut_off VALUES('F2A','PHILIPPINES','final_action','2009-12','2005-11-01','2A','PHILIPPINES','01NOV05','by hand',1);
INSERT INTO cut_off VALUES('F2B','ALL','final_action','2002-05','1993-09-01','2B','All Chargeability Areas Except Those Listed','01SEP93','by hand',1);
INSERT INTO cut_off VALUES('F2B','ALL','final_action','2009-12','2001-11-01','2B','All Chargeability Areas Except Those Listed','01NOV01','by hand',1);
INSERT INTO cut_off VALUES('F2B','CHINA','final_action','2009-12','2001-11-01','2B','CHINA- mainland born','01NOV01','by hand',1);
INSERT INTO cut_off VALUES('F2B','INDIA','final_action','2002-05','1993-09-01','2B','INDIA','01SEP93','by hand',1);
INSERT INTO cut_off VALUES('F2B','INDIA','final_action','2009-12','2001-11-01','2B','INDIA','01NOV01','by hand',1);
INSERT INTO cut_off VALUES('F2B','MEXICO','final_action','2002-05','U','2B','MEXICO','U','by hand',1);
INSERT INTO cut_off VALUES('F2B','MEXICO','final_action','2009-12','1992-06-01','2B','MEXICO','01JUN92','by hand',1);
INSERT INTO cut_off VALUES('F2B','PHILIPPINES','final_action','2002-05','1993-09-01','2B','PHILIPPINES','01SEP93','by hand',1);
INSERT INTO cut_off VALUES('F2B','PHILIPPINES','final_action','2009-12','1998-07-01','2B','PHILIPPINES','01JUL98','by hand',1);
INSERT INTO cut_off VALUES('F3','ALL','final_action','2002-05','1996-06-22','3rd','All Chargeability Areas Except Those Listed','22JUN96','by hand',1);
INSERT INTO cut_off VALUES('F3','ALL','final_action','2009-12','2001-05-22','3rd','All Chargeability Areas Except Those Listed','22MAY01','by hand',1);
INSERT INTO cut_off VALUES('F3','CHINA','final_action','2009-12','2001-05-22','3rd','CHINA- mainland born','22MAY01','by hand',1);
INSERT INTO cut_off VALUES('F3','INDIA','final_action','2002-05','1996-06-22','3rd','INDIA','22JUN96','by hand',1);
INSERT INTO cut_off VALUES('F3','INDIA','final_action','2009-12','2001-05-22','3rd','INDIA','22MAY01','by hand',1);
INSERT INTO cut_off VALUES('F3','MEXICO','final_action','2002-05','1992-07-15','3rd','MEXICO','15JUL92','by hand',1);
INSERT INTO cut_off VALUES('F3','MEXICO','final_action','2009-12','1992-08-22','3rd','MEXICO','22AUG92','by hand',1);
INSERT INTO cut_off VALUES('F3','PHILIPPINES','final_action','2002-05','1988-11-01','3rd','PHILIPPINES','01NOV88','by hand',1);
INSERT INTO cut_off VALUES('F3','PHILIPPINES','final_action','2009-12','1991-11-15','3rd','PHILIPPINES','15NOV91','by hand',1);
INSERT INTO cut_off VALUES('F4','ALL','final_action','2002-05','1990-03-15','4th','All Chargeability Areas Except Those Listed','15MAR90','by hand',1);
INSERT INTO cut_off VALUES('F4','ALL','final_action','2009-12','1999-09-08','4th','All Chargeability Areas Except Those Listed','08SEP99','by hand',1);
INSERT INTO cut_off VALUES('F4','CHINA','final_action','2009-12','1999-09-08','4th','CHINA- mainland born','08SEP99','by hand',1);
INSERT INTO cut_off VALUES('F4','INDIA','final_action','2002-05','1989-05-01','4th','INDIA','01MAY89','by hand',1);
INSERT INTO cut_off VALUES('F4','INDIA','final_action','2009-12','1999-09-08','4th','INDIA','08SEP99','by hand',1);
INSERT INTO cut_off VALUES('F4','MEXICO','final_action','2002-05','1990-03-15','4th','MEXICO','15MAR90','by hand',1);
INSERT INTO cut_off VALUES('F4','MEXICO','final_action','2009-12','1995-11-15','4th','MEXICO','15NOV95','by hand',1);
INSERT INTO cut_off VALUES('F4','PHILIPPINES','final_action','2002-05','1980-06-01','4th','PHILIPPINES','01JUN80','by hand',1);
INSERT INTO cut_off VALUES('F4','PHILIPPINES','final_action','2009-12','1987-03-22','4th','PHILIPPINES','22MAR87','by hand',1);
INSERT INTO cut_off VALUES('SR','ALL','final_action','2002-05','C','Certain Religious Workers','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('SR','ALL','final_action','2009-12','C','Certain Religious Workers','All Chargeability Areas Except Those Listed','C','by hand',1);
INSERT INTO cut_off VALUES('SR','CHINA','final_action','2009-12','C','Certain Religious Workers','CHINA- mainland born','C','by hand',1);
INSERT INTO cut_off VALUES('SR','INDIA','final_action','2002-05','C','Certain Religious Workers','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('SR','INDIA','final_action','2009-12','C','Certain Religious Workers','INDIA','C','by hand',1);
INSERT INTO cut_off VALUES('SR','MEXICO','final_action','2002-05','C','Certain Religious Workers','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('SR','MEXICO','final_action','2009-12','C','Certain Religious Workers','MEXICO','C','by hand',1);
INSERT INTO cut_off VALUES('SR','PHILIPPINES','final_action','2002-05','C','Certain Religious Workers','PHILIPPINES','C','by hand',1);
INSERT INTO cut_off VALUES('SR','PHILIPPINES','final_action','2009-12','C','Certain Religious Workers','PHILIPPINES','C','by hand',1);
CREATE TABLE earlier_value (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    chart TEXT NOT NULL,
    month TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    value TEXT,
    raw_value TEXT NOT NULL,
    host TEXT NOT NULL
);
CREATE TABLE standing (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    version INTEGER NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (category, area)
) WITHOUT ROWID;
INSERT INTO standing VALUES('EB1','ALL',2,'{"case":{"category":"EB1","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB1','CHINA',1,'{"case":{"category":"EB1","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB1','INDIA',2,'{"case":{"category":"EB1","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB1','MEXICO',2,'{"case":{"category":"EB1","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB1','PHILIPPINES',2,'{"case":{"category":"EB1","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB2','ALL',2,'{"case":{"category":"EB2","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB2','CHINA',1,'{"case":{"category":"EB2","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2005-04-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB2','INDIA',2,'{"case":{"category":"EB2","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2005-01-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB2','MEXICO',2,'{"case":{"category":"EB2","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB2','PHILIPPINES',2,'{"case":{"category":"EB2","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB3','ALL',2,'{"case":{"category":"EB3","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2002-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB3','CHINA',1,'{"case":{"category":"EB3","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2002-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB3','INDIA',2,'{"case":{"category":"EB3","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2001-05-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB3','MEXICO',2,'{"case":{"category":"EB3","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"2002-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB3','PHILIPPINES',2,'{"case":{"category":"EB3","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"2002-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB4','ALL',2,'{"case":{"category":"EB4","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB4','CHINA',1,'{"case":{"category":"EB4","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB4','INDIA',2,'{"case":{"category":"EB4","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB4','MEXICO',2,'{"case":{"category":"EB4","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB4','PHILIPPINES',2,'{"case":{"category":"EB4","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5','ALL',2,'{"case":{"category":"EB5","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5','CHINA',1,'{"case":{"category":"EB5","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5','INDIA',2,'{"case":{"category":"EB5","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5','MEXICO',2,'{"case":{"category":"EB5","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5','PHILIPPINES',2,'{"case":{"category":"EB5","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_PILOT','ALL',1,'{"case":{"category":"EB5_PILOT","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":null,"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"],"successors":[{"category":"EB5_TEA","cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null}}]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_PILOT','CHINA',1,'{"case":{"category":"EB5_PILOT","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":null,"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"],"successors":[{"category":"EB5_TEA","cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null}}]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_PILOT','INDIA',1,'{"case":{"category":"EB5_PILOT","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":null,"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"],"successors":[{"category":"EB5_TEA","cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null}}]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_PILOT','MEXICO',1,'{"case":{"category":"EB5_PILOT","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":null,"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"],"successors":[{"category":"EB5_TEA","cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null}}]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_PILOT','PHILIPPINES',1,'{"case":{"category":"EB5_PILOT","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":null,"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"],"successors":[{"category":"EB5_TEA","cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null}}]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_TEA','ALL',2,'{"case":{"category":"EB5_TEA","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_TEA','CHINA',1,'{"case":{"category":"EB5_TEA","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_TEA','INDIA',2,'{"case":{"category":"EB5_TEA","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_TEA','MEXICO',2,'{"case":{"category":"EB5_TEA","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EB5_TEA','PHILIPPINES',2,'{"case":{"category":"EB5_TEA","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EW','ALL',2,'{"case":{"category":"EW","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2001-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EW','CHINA',1,'{"case":{"category":"EW","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2001-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EW','INDIA',2,'{"case":{"category":"EW","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2001-05-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EW','MEXICO',2,'{"case":{"category":"EW","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"2001-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('EW','PHILIPPINES',2,'{"case":{"category":"EW","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"2001-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F1','ALL',2,'{"case":{"category":"F1","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1999-03-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2004-01-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F1','CHINA',1,'{"case":{"category":"F1","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1999-03-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2004-01-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F1','INDIA',2,'{"case":{"category":"F1","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1999-03-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2004-01-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F1','MEXICO',2,'{"case":{"category":"F1","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"U"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1992-08-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F1','PHILIPPINES',2,'{"case":{"category":"F1","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1989-02-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1993-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2A','ALL',2,'{"case":{"category":"F2A","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1997-01-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2005-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2A','CHINA',1,'{"case":{"category":"F2A","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1997-01-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2005-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2A','INDIA',2,'{"case":{"category":"F2A","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1997-01-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2005-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2A','MEXICO',2,'{"case":{"category":"F2A","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1994-10-22"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"2003-10-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2A','PHILIPPINES',2,'{"case":{"category":"F2A","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1997-01-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"2005-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2B','ALL',2,'{"case":{"category":"F2B","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1993-09-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2001-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2B','CHINA',1,'{"case":{"category":"F2B","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1993-09-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2001-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2B','INDIA',2,'{"case":{"category":"F2B","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1993-09-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2001-11-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2B','MEXICO',2,'{"case":{"category":"F2B","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"U"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1992-06-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F2B','PHILIPPINES',2,'{"case":{"category":"F2B","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1993-09-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1998-07-01"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F3','ALL',2,'{"case":{"category":"F3","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1996-06-22"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"2001-05-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F3','CHINA',1,'{"case":{"category":"F3","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1996-06-22"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"2001-05-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F3','INDIA',2,'{"case":{"category":"F3","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1996-06-22"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2001-05-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F3','MEXICO',2,'{"case":{"category":"F3","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1992-07-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1992-08-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F3','PHILIPPINES',2,'{"case":{"category":"F3","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1988-11-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1991-11-15"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F4','ALL',2,'{"case":{"category":"F4","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1990-03-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1999-09-08"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F4','CHINA',1,'{"case":{"category":"F4","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"1990-03-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"1999-09-08"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F4','INDIA',2,'{"case":{"category":"F4","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1989-05-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"1999-09-08"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F4','MEXICO',2,'{"case":{"category":"F4","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1990-03-15"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"1995-11-15"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('F4','PHILIPPINES',2,'{"case":{"category":"F4","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1980-06-01"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"1987-03-22"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('SR','ALL',2,'{"case":{"category":"SR","area":"ALL"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('SR','CHINA',1,'{"case":{"category":"SR","area":"CHINA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"ALL","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"CHINA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('SR','INDIA',2,'{"case":{"category":"SR","area":"INDIA"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('SR','MEXICO',2,'{"case":{"category":"SR","area":"MEXICO"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"MEXICO","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
INSERT INTO standing VALUES('SR','PHILIPPINES',2,'{"case":{"category":"SR","area":"PHILIPPINES"},"before":{"final_action":null,"dates_for_filing":null},"older":{"month":"2002-05","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","INDIA","MEXICO","PHILIPPINES"]},"newest":{"month":"2009-12","revision":0,"cells":{"final_action":{"column":"PHILIPPINES","state":{"cut_off":"C"}},"dates_for_filing":null},"columns":["ALL","CHINA","INDIA","MEXICO","PHILIPPINES"]}}');
CREATE TABLE bulletin (
    month TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO bulletin VALUES('2002-05','{"month":"2002-05","path":"/content/travel/en/legal/visa-law0/visa-bulletin/2002/visa-bulletin-for-may-2002.html","host":"by hand","fetched_at":"2002-04-15T12:00:00Z","first_seen":"2002-04-15T12:00:00Z","revision":0,"came_in_order":false,"digest":"e435b318297e25307123263d3933c2af498845469b7df9e68e20e4fd187c3fce","cells":52,"findings":[],"corrected":[],"pending":null}');
INSERT INTO bulletin VALUES('2009-12','{"month":"2009-12","path":"/content/travel/en/legal/visa-law0/visa-bulletin/2010/visa-bulletin-for-december-2009.html","host":"by hand","fetched_at":"2009-11-15T12:00:00Z","first_seen":"2009-11-15T12:00:00Z","revision":0,"came_in_order":true,"digest":"21293624a8cf0161d9fa3fbe6d940d3cb647b0babf65c1e62869d14f74a41c8a","cells":70,"findings":[],"corrected":[],"pending":null}');
CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL,
    written_at TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    dead INTEGER NOT NULL DEFAULT 0
, tried_from TEXT);
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    month TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    dead INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE link (
    month TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    due_from TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
INSERT INTO link VALUES('2002-05','/content/travel/en/legal/visa-law0/visa-bulletin/2002/visa-bulletin-for-may-2002.html','{"state":"done","again":"2002-04-15T16:00:00Z"}','2002-04-15T16:00:00.000000Z',0,'stored, 52 cells written');
INSERT INTO link VALUES('2009-12','/content/travel/en/legal/visa-law0/visa-bulletin/2010/visa-bulletin-for-december-2009.html','{"state":"done","again":"2009-11-15T16:00:00Z"}','2009-11-15T16:00:00.000000Z',0,'stored, 70 cells written');
CREATE TABLE source_check (
    good INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    note TEXT NOT NULL
);
INSERT INTO source_check VALUES(1,'2009-11-15T12:00:00.000000Z','listed');
CREATE TABLE alert_mark (
    mark TEXT PRIMARY KEY,
    sent_at TEXT,
    expires TEXT
) WITHOUT ROWID;
INSERT INTO alert_mark VALUES('BULLETIN#2009-12#0#watch-3','2009-11-15T12:00:00.000000Z','2009-11-15T12:05:00.000000Z');
INSERT INTO alert_mark VALUES('CATEGORY#EB3#COUNTRY#INDIA#2009-12#0#watch-1','2009-11-15T12:00:00.000000Z','2009-11-15T12:05:00.000000Z');
INSERT INTO alert_mark VALUES('CATEGORY#F1#COUNTRY#MEXICO#2009-12#0#watch-2','2009-11-15T12:00:00.000000Z','2009-11-15T12:05:00.000000Z');
CREATE TABLE watch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    category TEXT,
    area TEXT,
    priority_date TEXT,
    tell_when TEXT NOT NULL
, chart TEXT, way TEXT NOT NULL DEFAULT 'terminal', way_to TEXT);
INSERT INTO watch VALUES(1,'EB3','INDIA','2013-03-15','every',NULL,'terminal',NULL);
INSERT INTO watch VALUES(2,'F1','MEXICO',NULL,'every','final_action','exec','cat > /dev/null');
INSERT INTO watch VALUES(3,NULL,NULL,NULL,'every',NULL,'terminal',NULL);
CREATE TABLE refusal (
    watch INTEGER NOT NULL REFERENCES watch (id) ON DELETE CASCADE,
    alert TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_at TEXT NOT NULL,
    PRIMARY KEY (watch, alert)
) WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('message',93);
INSERT INTO sqlite_sequence VALUES('change_log',124);
INSERT INTO sqlite_sequence VALUES('watch',3);
CREATE INDEX cut_off_by_month ON cut_off (month);
CREATE INDEX earlier_value_by_cell ON earlier_value (category, area, chart, month);
COMMIT;
PRAGMA application_id=1447196012;
PRAGMA user_version=3;
